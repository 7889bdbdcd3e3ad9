/// Let only fatal signals interrupt a fault from kernel mode

@handler@
identifier vma, address, flags, regs;
typedef vm_fault_t;
@@
 vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags, struct pt_regs *regs)
 { <+... __handle_mm_fault(...) ...+> }

@sleeps@
identifier handler.vma, handler.address, handler.flags;
identifier ret;
statement S;
expression E;
typedef bool;
@@
+	if (killable)
+		saved = killable_sleeps_save();
 	if (E) S
 	else ret = __handle_mm_fault(vma, address, flags);
+	if (killable) {
+		killable_sleeps_restore(saved);
+		ret = end_if_killed(ret);
+	}

@depends on sleeps@
identifier handler.vma, handler.address, handler.flags, handler.regs;
identifier sleeps.ret;
typedef vm_fault_t, bool;
@@
+/*
+ * A signal is delivered on the way to user mode. A fault from kernel mode that
+ * gives up because of one is made again at once, with the signal still pending.
+ * Not so get_user_pages() for somebody who asked to be interrupted: it has no
+ * registers.
+ */
+static bool only_fatal_signals(unsigned int flags, struct pt_regs *regs)
+{
+	if (flags & FAULT_FLAG_USER)
+		return false;
+	return regs || !(flags & FAULT_FLAG_INTERRUPTIBLE);
+}
+
+/*
+ * After VM_FAULT_NOPAGE the access is made again, until the page is there. A
+ * task that is to die must not wait for that.
+ */
+static vm_fault_t end_if_killed(vm_fault_t ret)
+{
+	if (!fatal_signal_pending(current))
+		return ret;
+	if ((ret & (VM_FAULT_NOPAGE | VM_FAULT_RETRY)) != VM_FAULT_NOPAGE)
+		return ret;
+	return VM_FAULT_SIGBUS;
+}
+
 vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags, struct pt_regs *regs)
 {
 	... when any
 	vm_fault_t ret;
+	bool killable = only_fatal_signals(flags, regs);
+	bool saved = false;
 	... when any
 }

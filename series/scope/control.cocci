/// A killed task waits for the page as any other does
// Options: --include-headers

@@
identifier ret;
typedef vm_fault_t;
@@
 vm_fault_t end_if_killed(vm_fault_t ret)
 {
 	...
-	return VM_FAULT_SIGBUS;
+	return ret;
 }

/// Let a task ask that only fatal signals interrupt its sleeps
// Options: --include-headers

// The one rule adds the functions and makes signal_pending() know of them, or does neither.
@@
identifier p, f;
expression list es;
expression E;
typedef bool;
@@
+/**
+ * killable_sleeps_save - let only fatal signals interrupt the current task
+ *
+ * Until killable_sleeps_restore(), signal_pending() is true of the current task
+ * for fatal signals only: what sleeps in TASK_INTERRUPTIBLE then does as if it
+ * were TASK_KILLABLE. Others stay pending. This nests.
+ *
+ * Return: what killable_sleeps_restore() takes.
+ */
+static inline bool killable_sleeps_save(void)
+{
+	bool saved = current->killable_sleeps;
+
+	current->killable_sleeps = 1;
+	return saved;
+}
+
+/**
+ * killable_sleeps_restore - end what killable_sleeps_save() began
+ * @saved: what killable_sleeps_save() returned
+ */
+static inline void killable_sleeps_restore(bool saved)
+{
+	current->killable_sleeps = saved;
+}
+
+/* Does what is pending interrupt the task, see killable_sleeps_save()? */
+static inline bool signal_interrupts(struct task_struct *p)
+{
+	if (likely(!p->killable_sleeps))
+		return true;
+	return sigismember(&p->pending.signal, SIGKILL);
+}
+
 static inline int signal_pending(struct task_struct *p)
 {
 	<+...
(
-	return 1;
+	return signal_interrupts(p);
|
 	return f(es)
+		&& signal_interrupts(p)
 		;
|
-	return E;
+	return (E) && signal_interrupts(p);
)
 	...+>
 }

// SPDX-License-Identifier: GPL-2.0-only
/* Shared memory: whose handler is behind the pointer is up to the file. */
#include <linux/fs.h>
#include <linux/mm.h>

struct shm_file_data {
	struct file *file;
	const struct vm_operations_struct *vm_ops;
};

static int shm_fault(struct vm_fault *vmf)
{
	struct shm_file_data *sfd = vmf->vma->vm_file->private_data;

	return sfd->vm_ops->fault(vmf);
}

static const struct vm_operations_struct shm_vm_ops = {
	.fault = shm_fault,
};

static int shm_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct shm_file_data *sfd = file->private_data;
	int ret;

	ret = call_mmap(sfd->file, vma);
	if (ret)
		return ret;
	sfd->vm_ops = vma->vm_ops;
	vma->vm_ops = &shm_vm_ops;
	return 0;
}

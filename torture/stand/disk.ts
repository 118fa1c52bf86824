import { execFile } from 'node:child_process';
import { open, rm, statfs } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const zeros = Buffer.alloc(1 << 20);

/** A file system of limited size in memory, which can be filled to the last byte. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Mounts it on an existing folder; null where that is not permitted. */
  static async mount(path: string, megabytes: number): Promise<SmallDisk | null> {
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tallyport-torture', path]);
      return new SmallDisk(path);
    } catch {
      return null;
    }
  }

  /** Takes all that is free; the answer gives it back. */
  async fill(): Promise<() => Promise<void>> {
    const path = join(this.path, `filler-${randomUUID()}`);
    const { bavail, bsize } = await statfs(this.path);
    // Most of it at once; the rest bit by bit, since PostgreSQL takes and frees meanwhile.
    const most = Math.floor(bavail * 0.9) * bsize;
    if (most > 0) await run('fallocate', ['-l', String(most), path]).catch(() => undefined);
    const file = await open(path, 'a');
    try {
      while ((await file.write(zeros)).bytesWritten > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
    return () => rm(path, { force: true });
  }

  async unmount(): Promise<void> {
    // Somebody may still look in; then the kernel takes it away when he is gone.
    await run('umount', [this.path]).catch(() => run('umount', ['-l', this.path]));
  }
}

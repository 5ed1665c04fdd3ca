// A tablespace on a small disk that can be filled and freed; only root can mount one.
import { execFileSync } from 'node:child_process'
import { chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'

export interface SmallDisk {
  readonly tablespace: string
  /** Takes all that is left. */
  fill(): Promise<void>
  free(): Promise<void>
  /** Moves the tables away, and unmounts it. */
  remove(tables: readonly string[]): Promise<void>
}

/** @returns undefined without root */
export async function smallDisk(pool: pg.Pool, size: string): Promise<SmallDisk | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const disk = await mkdtemp(join(tmpdir(), 'lading-small-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', disk])
  const { rows } = await pool.query('show data_directory')
  const { uid, gid } = await stat(rows[0].data_directory)
  const folder = join(disk, 'space')
  await mkdir(folder)
  await chown(folder, uid, gid)
  const tablespace = `small_${process.pid}`
  await pool.query(`create tablespace ${tablespace} location '${folder}'`)
  const ballast = join(disk, 'ballast')
  return {
    tablespace,
    async fill() {
      try {
        execFileSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k'], { stdio: 'ignore' })
      } catch {
        // It ends when the disk is full, which is its purpose.
      }
    },
    free: () => rm(ballast, { force: true }),
    async remove(tables) {
      for (const table of tables) {
        await pool.query(
          `alter table ${table} set tablespace pg_default; alter index ${table}_pkey set tablespace pg_default`,
        )
      }
      await pool.query(`drop tablespace ${tablespace}`)
      execFileSync('umount', ['-l', disk])
      await rm(disk, { recursive: true })
    },
  }
}

// The counts of a running import, on one line of the terminal that is rewritten.
import type { ImportProgress } from '@lading/core'
import { count, rows } from './printable.ts'

/** Milliseconds between two drawings: more often is not read, and costs time. */
const intervalMs = 100

/** The part of a stream to a terminal that is used here. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly columns: number
  write(text: string): boolean
}

export interface ProgressLine {
  show(progress: ImportProgress): void
  /** Leaves the line empty, for what is printed next. */
  clear(): void
}

/** Draws nothing where `terminal` is none. Without `totalBytes` there is no percentage. */
export function createProgressLine(terminal: Terminal, totalBytes: number | undefined): ProgressLine {
  if (!terminal.isTTY) return { show: () => undefined, clear: () => undefined }
  const started = performance.now()
  let drawn: number | undefined
  return {
    show(progress) {
      const now = performance.now()
      if (drawn !== undefined && now - drawn < intervalMs) return
      drawn = now
      const text = progressText(progress, (now - started) / 1000, totalBytes)
      // A line that wraps cannot be rewritten. A terminal that does not know its width says 0.
      const columns = terminal.columns > 0 ? terminal.columns : 80
      terminal.write(`\r${text.slice(0, columns - 1)}\x1b[K`)
    },
    clear() {
      if (drawn !== undefined) terminal.write('\r\x1b[K')
      drawn = undefined
    },
  }
}

export function progressText(
  { processed, failed, bytes }: ImportProgress,
  seconds: number,
  totalBytes: number | undefined,
): string {
  const parts = [rows(processed), `${count(Math.round(processed / Math.max(seconds, 0.001)))} rows/s`]
  if (totalBytes !== undefined && totalBytes > 0) {
    parts.unshift(`${String(Math.min(100, Math.floor((bytes / totalBytes) * 100))).padStart(3)} %`)
  }
  if (failed > 0) parts.push(`${count(failed)} failed`)
  return parts.join('   ')
}

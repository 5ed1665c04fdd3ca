// The progress of a running import, on one terminal line that is rewritten.
import type { ImportProgress } from '@lading/core'
import { count, rows } from './printable.ts'

/** Milliseconds between two redraws: more would be unreadable, and cost time. */
const intervalMs = 100

/** The part of a terminal stream that is used here. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number | undefined
  write(text: string): boolean
}

export interface ProgressLine {
  show(progress: ImportProgress): void
  /** Clears the line for the next output. */
  clear(): void
}

/** Draws nothing if `terminal` is not a TTY. Without `totalBytes` there is no percentage. */
export function createProgressLine(terminal: Terminal, totalBytes: number | undefined): ProgressLine {
  if (!terminal.isTTY) return { show: () => undefined, clear: () => undefined }
  const started = performance.now()
  let lastDrawn: number | undefined
  return {
    show(progress) {
      const now = performance.now()
      if (lastDrawn !== undefined && now - lastDrawn < intervalMs) return
      lastDrawn = now
      const text = progressText(progress, (now - started) / 1000, totalBytes)
      // A line that wraps cannot be rewritten. A terminal that does not know its width says 0.
      // Some terminals say 0.
      const columns = terminal.columns || 80
      terminal.write(`\r${text.slice(0, columns - 1)}\x1b[K`)
    },
    clear() {
      if (lastDrawn !== undefined) terminal.write('\r\x1b[K')
      lastDrawn = undefined
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

// The progress line: what it says, and that it draws on terminals only.
import { expect, it } from 'vitest'
import { createProgressLine, progressText } from '../src/progress-line.ts'

const progress = { processed: 12_000, successful: 11_990, failed: 10, bytes: 500 }

it('shows the share of the file, the rows, the rate and the failed records', () => {
  expect(progressText(progress, 2, 1000)).toBe(' 50 %   12,000 rows   6,000 rows/s   10 failed')
})

it('leaves out what is unknown or zero', () => {
  expect(progressText({ ...progress, failed: 0 }, 2, undefined)).toBe('12,000 rows   6,000 rows/s')
})

it('never shows more than 100 %', () => {
  expect(progressText({ ...progress, bytes: 2000 }, 2, 1000)).toMatch(/^100 %/)
})

it('draws on a terminal, at most ten times a second, and leaves an empty line', () => {
  const { terminal, written } = fakeTerminal(true, 20)
  const line = createProgressLine(terminal, 1000)
  for (let times = 0; times < 50; times++) line.show(progress)
  line.clear()
  expect(written).toEqual(['\r 50 %   12,000 rows\x1b[K', '\r\x1b[K'])
})

it('draws nothing elsewhere', () => {
  const { terminal, written } = fakeTerminal(false, 80)
  const line = createProgressLine(terminal, 1000)
  line.show(progress)
  line.clear()
  expect(written).toEqual([])
})

function fakeTerminal(isTTY: boolean, columns: number) {
  const written: string[] = []
  const terminal = { isTTY, columns, write: (text: string) => written.push(text) > 0 }
  return { terminal, written }
}

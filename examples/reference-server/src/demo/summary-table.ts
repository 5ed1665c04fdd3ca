// The demo's table of imports: one row for each resource, with its errors by code.
import type { ImportStatus } from './api-client.ts'

const columns = ['resource', 'rows', 'ok', 'failed', 'seconds', 'rows/s'] as const
const widths = [10, 8, 8, 8, 9, 9]

export function tableHead(): string {
  return `${cells(columns)}  by code`
}

export function tableRow(
  resource: string,
  { progress, duration_seconds, rows_per_second, errors_by_code }: ImportStatus,
): string {
  const counts = [progress.total_records, progress.successful_records, progress.failed_records]
  const numbers = [
    ...counts.map(count => count.toLocaleString('en')),
    duration_seconds.toFixed(2),
    rows_per_second.toLocaleString('en'),
  ]
  const codes = Object.entries(errors_by_code)
    .sort(([, one], [, other]) => other - one)
    .map(([code, count]) => `${code} ${count}`)
  const indent = `\n${' '.repeat(widths.reduce((sum, width) => sum + width, 0) + 2)}`
  return `${cells([resource, ...numbers])}  ${inLines(codes, 4).join(indent)}`
}

function cells(texts: readonly string[]): string {
  return texts
    .map((text, index) => (index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0)))
    .join('')
}

function inLines(texts: readonly string[], perLine: number): string[] {
  const lines: string[] = []
  for (let index = 0; index < texts.length; index += perLine)
    lines.push(texts.slice(index, index + perLine).join(' · '))
  return lines
}

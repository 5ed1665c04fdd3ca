// Rows of cells → aligned lines.

export interface Column {
  readonly title: string
  /** @defaultValue left */
  readonly align?: 'left' | 'right'
}

/** Columns are as wide as their widest cell, two spaces apart, and indented by two. */
export function table(columns: readonly Column[], cells: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...cells]
  const widths = columns.map((_, index) => Math.max(...lines.map(line => (line[index] ?? '').length)))
  return lines
    .map(line => {
      const padded = columns.map(({ align }, index) => {
        const cell = line[index] ?? ''
        const width = widths[index] ?? 0
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
      })
      return `  ${padded.join('  ')}`.trimEnd()
    })
    .join('\n')
}

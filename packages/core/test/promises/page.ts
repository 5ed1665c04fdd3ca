// A page of the documentation as its paragraphs, list items and table rows, each with its sentences.

export interface Block {
  readonly text: string
  /** A row of a table is one sentence: its cells make sense together only. */
  readonly sentences: readonly string[]
}

/** Where one sentence ends and the next one starts; "e.g." and the like do not end one. */
const betweenSentences = /(?<=[.!?][)*"`]{0,3}) (?=["`*([]*[\p{Lu}`])/u

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Headings and code are left out: the first promise nothing, the second illustrates a sentence next to it. */
export function blocksOf(page: string): readonly Block[] {
  const found: Block[] = []
  let lines: string[] = []
  const finish = (): void => {
    const text = oneLine(lines.join(' '))
    if (text !== '') found.push({ text, sentences: text.split(betweenSentences) })
    lines = []
  }
  let isCode = false
  let isInTable = false
  for (const line of page.split('\n')) {
    if (/^\s*```/.test(line)) isCode = !isCode
    const isRow = line.startsWith('|')
    if (isCode || isRow || /^(?:\s*```|#|\s*$)/.test(line)) finish()
    else if (/^\s*(?:-|\d+\.) /.test(line)) {
      finish()
      lines.push(line.replace(/^\s*(?:-|\d+\.) /, ''))
    } else lines.push(line)
    if (isRow && isInTable && !/^[|\s:-]+$/.test(line)) {
      const text = cellsOf(line).join(' | ')
      found.push({ text, sentences: [text] })
    }
    isInTable = isRow
  }
  finish()
  return found
}

export const cellsOf = (row: string): readonly string[] =>
  row
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => oneLine(cell.replaceAll('\\|', '|')))

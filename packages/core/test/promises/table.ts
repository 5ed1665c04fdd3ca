// What a table of promises says of its page: each promise with its tests, and the sentences that promise nothing.
import { cellsOf } from './page.ts'

export interface Promised {
  /** Words of the page. */
  readonly words: string
  readonly tests: readonly { readonly file: string; readonly title: string }[]
}

export interface NotPromised {
  /** The first words of a sentence of the page. */
  readonly words: string
  /** Whether it is about the rest of the paragraph too, but for what has a test. */
  readonly isWhole: boolean
  readonly why: string
}

export interface PromiseTable {
  readonly promises: readonly Promised[]
  readonly others: readonly NotPromised[]
}

export function readTable(text: string): PromiseTable {
  const [promises = '', others = ''] = text.split('## No promise')
  return {
    promises: promisesOf(rowsOf(promises)),
    others: rowsOf(others).map(([words = '', part, why = '']) => ({
      words,
      isWhole: part === 'paragraph',
      why,
    })),
  }
}

const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
    .map(cellsOf)

/** A row without words is a further test of the words above it. */
function promisesOf(rows: readonly (readonly string[])[]): readonly Promised[] {
  const found: { words: string; tests: Promised['tests'][number][] }[] = []
  for (const [words = '', test = ''] of rows) {
    if (words !== '') found.push({ words, tests: [] })
    found.at(-1)?.tests.push(readTest(test))
  }
  return found
}

function readTest(cell: string): Promised['tests'][number] {
  const [, file = '', title = ''] = /^`([^`]+)` (.+)$/.exec(cell) ?? []
  return { file, title }
}

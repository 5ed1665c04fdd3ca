// Each promise of the documentation names the tests that hold it, and each sentence is a promise or said to be none.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../support.ts'
import { type Block, blocksOf } from './page.ts'
import { type NotPromised, readTable } from './table.ts'
import { filesThatEndWith, titlesIn } from './titles.ts'

const tables = readdirSync(import.meta.dirname).filter(name => name.endsWith('.md'))
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8')

test('there are tables', () => {
  expect(tables.length).toBeGreaterThan(0)
})

describe.each(tables)('docs/%s', name => {
  const page = blocksOf(read(repositoryRoot, 'docs', name))
  const { promises, others } = readTable(read(import.meta.dirname, name))

  test('contains the words of each promise of its table, once', () => {
    const timesSaid = ({ words }: { words: string }) =>
      words === '' ? 0 : page.reduce((sum, { text }) => sum + text.split(words).length - 1, 0)
    expect(promises.filter(promise => timesSaid(promise) !== 1).map(({ words }) => words)).toEqual([])
  })

  test('has no promise without a test that exists', () => {
    const missing = promises.flatMap(({ words, tests }) =>
      tests.filter(({ file, title }) => !exists(file, title)).map(one => ({ words, ...one })),
    )
    expect(missing).toEqual([])
  })

  test('has no sentence that the table leaves out', () => {
    const words = promises.map(promise => promise.words)
    expect(page.flatMap(block => unspoken(block, words, others))).toEqual([])
  })

  test('contains each sentence that is listed as no promise, once, and no test covers it', () => {
    const beginnings = page.flatMap(({ sentences }) => sentences)
    const wrong = others.filter(
      other => other.why === '' || beginnings.filter(one => one.startsWith(other.words)).length !== 1,
    )
    expect(wrong).toEqual([])
  })
})

function exists(ending: string, title: string): boolean {
  const [file, ...more] = filesThatEndWith(ending)
  return file !== undefined && more.length === 0 && titlesIn(file).has(title)
}

/** The sentences of a block of which nothing is promised, and nothing said to be none. */
function unspoken({ text, sentences }: Block, promised: readonly string[], others: readonly NotPromised[]) {
  const isSaid = (sentence: string): boolean => promised.some(words => overlap(text, sentence, words))
  const isNone = (sentence: string): boolean => others.some(({ words }) => sentence.startsWith(words))
  if (others.some(({ words, isWhole }) => isWhole && sentences.some(one => one.startsWith(words)))) return []
  return sentences.filter(sentence => !isSaid(sentence) && !isNone(sentence))
}

/** Words of a promise may be part of a sentence, or go over several. */
function overlap(text: string, sentence: string, words: string): boolean {
  const [from, at] = [text.indexOf(sentence), text.indexOf(words)]
  return at >= 0 && at < from + sentence.length && at + words.length > from
}

// The same seed gives the same bytes, another one others, and expected.json is what generate() returned.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { generate } from '../generator/generate.ts'
import { temporaryFolder } from './folders.ts'

const sizes = { users: 700, articles: 700, comments: 700 }
const files = [
  'articles.expected.ndjson',
  'articles.ndjson',
  'comments.expected.ndjson',
  'comments.ndjson',
  'expected.json',
  'users.csv',
  'users.expected.ndjson',
]

const root = temporaryFolder()
let runs = 0

async function run(seed: number): Promise<{ folder: string; contents: string[] }> {
  const folder = join(root, String(runs++))
  const report = await generate({ ...sizes, seed, outDir: folder })
  expect(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))).toEqual(report)
  return { folder, contents: files.map(name => readFileSync(join(folder, name), 'latin1')) }
}

it('gives the same bytes for the same seed', async () => {
  const [first, second] = [await run(5), await run(5)]
  expect(readdirSync(first.folder).sort()).toEqual(files)
  expect(first.contents).toEqual(second.contents)
})

it.each([6, 5 + 2 ** 32])('gives other data for seed %d than for 5, with the same counts', async seed => {
  const [first, second] = [await run(5), await run(seed)]
  const differ = files.filter((_, at) => first.contents[at] !== second.contents[at])
  expect(differ).toEqual(files.filter(name => name !== 'expected.json'))
})

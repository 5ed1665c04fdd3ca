// An independent judge, reading only the files' bytes, must find exactly what was planted, row by row.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ExpectedReport, generate } from '../generator/generate.ts'
import { planted, temporaryFolder } from './folders.ts'
import { judgeArticles } from './judge-articles.ts'
import { judgeComments } from './judge-comments.ts'
import { judgeUsers } from './judge-users.ts'
import type { Finding } from './judge-values.ts'

const cases = [
  { size: 1, seed: 1, clean: false },
  { size: 10, seed: 1, clean: false },
  { size: 1000, seed: 1, clean: false },
  { size: 1000, seed: 77, clean: false },
  { size: 8000, seed: 2 ** 40 + 5, clean: false },
  { size: 2000, seed: 3, clean: true },
]

describe.each(cases)('$size records from seed $seed (clean: $clean)', ({ size, seed, clean }) => {
  const folder = temporaryFolder()
  let report: ExpectedReport
  const found: Record<string, Finding[]> = {}

  beforeAll(async () => {
    report = await generate({ users: size, articles: size, comments: size, seed, outDir: folder, clean })
    const users = judgeUsers(join(folder, 'users.csv'))
    const articles = judgeArticles(join(folder, 'articles.ndjson'), users.ids)
    found.users = users.findings
    found.articles = articles.findings
    found.comments = judgeComments(join(folder, 'comments.ndjson'), articles.ids, users.ids)
  })

  it.each(['users', 'articles', 'comments'] as const)(
    'finds the planted errors in %s, in the same order',
    name => {
      expect(found[name]).toEqual(planted(folder, name))
    },
  )

  it.each(['users', 'articles', 'comments'] as const)('counts the planted errors for %s', name => {
    const findings = planted(folder, name)
    const failed = new Set(findings.map(({ row_number }) => row_number)).size
    const codes: Record<string, number> = {}
    for (const { code } of findings) codes[code] = (codes[code] ?? 0) + 1
    expect(report[name]).toEqual({ records: size, successful: size - failed, failed, errors_by_code: codes })
    if (clean) expect(failed).toBe(0)
    if (!clean && size >= 1000) expect(failed / size).toBeGreaterThan(0.02)
  })
})

describe('a resource of 0 records', () => {
  const folder = temporaryFolder()

  it('has no file, even if an earlier run left one, and no entry in the report', async () => {
    await generate({ users: 5, articles: 5, comments: 5, seed: 1, outDir: folder })
    const report = await generate({ users: 0, articles: 0, comments: 0, seed: 1, outDir: folder })
    expect(report).toEqual({})
    for (const name of ['users.csv', 'articles.ndjson', 'comments.ndjson', 'users.expected.ndjson']) {
      expect(existsSync(join(folder, name)), name).toBe(false)
    }
  })
})

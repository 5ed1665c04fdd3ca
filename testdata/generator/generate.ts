// Writes users, articles and comments with planted faults, and what an import of them must report.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createArticles } from './articles.ts'
import { createComments } from './comments.ts'
import { UsageError } from './usage-error.ts'
import { createUsers, usersHeader } from './users.ts'
import { type ResourceReport, writeResource } from './write-resource.ts'

export const resourceFiles = {
  users: 'users.csv',
  articles: 'articles.ndjson',
  comments: 'comments.ndjson',
} as const

export type ResourceName = keyof typeof resourceFiles

export interface GenerateOptions {
  /** Records of each; 0 writes no file for it. */
  users: number
  articles: number
  comments: number
  /** The same seed and sizes give the same bytes. */
  seed: number
  /** Made where it is absent; files of the same names in it are replaced. */
  outDir: string
  /** Plants no faults. @defaultValue false */
  clean?: boolean
}

/** For each resource that was written. It counts what was planted; no validator has a part in it. */
export type ExpectedReport = Partial<Record<ResourceName, ResourceReport>>

const mostRecords = 1_000_000_000

/** @throws UsageError when a size or the seed is out of range, or there is nothing to refer to. */
export async function generate(options: GenerateOptions): Promise<ExpectedReport> {
  check(options)
  const { seed, outDir, clean = false } = options
  const users = createUsers(seed, options.users, clean)
  const articles = createArticles(seed, options.articles, clean, users)
  const comments = createComments(seed, options.comments, clean, { users, articles })

  await mkdir(outDir, { recursive: true })
  const report: ExpectedReport = {}
  const write = async (
    name: ResourceName,
    parts: Pick<Parameters<typeof writeResource>[0], 'record' | 'header' | 'blankLineSeed'>,
  ) => {
    const path = join(outDir, resourceFiles[name])
    const expectedPath = join(outDir, `${name}.expected.ndjson`)
    const count = options[name]
    if (count > 0) report[name] = await writeResource({ path, expectedPath, count, ...parts })
    // Left from an earlier run, they would seem to belong to this one.
    else await Promise.all([rm(path, { force: true }), rm(expectedPath, { force: true })])
  }
  await write('users', { record: users.record, header: usersHeader })
  await write('articles', { record: articles.record, blankLineSeed: seed })
  await write('comments', { record: comments.record, blankLineSeed: seed })
  await writeFile(join(outDir, 'expected.json'), `${JSON.stringify(report, null, 2)}\n`)
  return report
}

function check({ users, articles, comments, seed }: GenerateOptions): void {
  for (const [name, count] of Object.entries({ users, articles, comments })) {
    if (!Number.isInteger(count) || count < 0 || count > mostRecords) {
      throw new UsageError(`${name} must be a whole number from 0 to ${mostRecords}, not ${count}`)
    }
  }
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new UsageError(`seed must be a whole number from 0 to 2^53 - 1, not ${seed}`)
  if (articles > 0 && users === 0)
    throw new UsageError('articles need users: with 0 users there is no author to refer to')
  if (comments > 0 && users === 0)
    throw new UsageError('comments need users: with 0 users there is none to refer to')
  if (comments > 0 && articles === 0)
    throw new UsageError('comments need articles: with 0 articles there is none to refer to')
}

// The programs of the README and of docs/library.md compile as they stand.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), path => readFileSync(path, 'utf8'))
const { options } = ts.parseJsonConfigFileContent(base.config, ts.sys, root)

/** What the programs leave to the reader. */
const given = `
  import type pg from 'pg'
  import type { Lading, Resource } from '@lading/core'
  import type { Authorize } from '@lading/core/http'
  import type { Express } from 'express'
  import type { FastifyInstance } from 'fastify'
  import { users as usersGiven } from '../resources/users.ts'
  import { articles as articlesGiven } from '../resources/articles.ts'
  declare global {
    const pool: pg.Pool
    const resources: readonly Resource[]
    const users: typeof usersGiven
    const articles: typeof articlesGiven
    const lading: Lading
    const authorize: Authorize
    const signal: AbortSignal
    const app: Express & FastifyInstance
    const expressApp: Express
    const fastifyApp: FastifyInstance
  }`

function programsOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```ts\n(import .*?)^```/gms)].map(([, program = '']) => program)
}

test('every program that starts with its imports compiles', () => {
  const here = fileURLToPath(new URL('./', import.meta.url))
  const files = new Map([[join(here, 'snippet.given.ts'), given]])
  for (const page of ['README.md', 'docs/library.md']) {
    for (const [index, program] of programsOf(page).entries()) {
      files.set(join(here, `snippet.${page.replace(/\W/g, '-')}.${index}.ts`), program)
    }
  }
  expect(files.size).toBe(6)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = path => files.has(path) || fileExists(path)
  host.readFile = path => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, languageVersion) => {
    const text = files.get(path)
    return text === undefined
      ? getSourceFile(path, languageVersion)
      : ts.createSourceFile(path, text, languageVersion)
  }
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host)
  const found = [...files.keys()].flatMap(path => {
    const file = program.getSourceFile(path)
    const problems = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  })
  expect(found).toEqual([])
})

// The programs of the README and of docs/library.md compile as they stand.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = ['README.md', 'docs/library.md']

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

/** Each program that starts with its imports, as a file beside the packages that it imports. */
function programsOf(page) {
  const text = readFileSync(join(root, page), 'utf8')
  const programs = [...text.matchAll(/^```ts\n(import .*?)^```/gms)]
  if (programs.length === 0) throw new Error(`${page} has no program.`)
  return programs.map(({ 1: program, index }) => {
    const line = text.slice(0, index).split('\n').length
    return { name: `${page}, line ${line}`, program }
  })
}

const folder = join(root, 'examples/reference-server/test')
const programs = [{ name: 'given', program: given }, ...pages.flatMap(programsOf)]
const files = new Map(programs.map((one, index) => [join(folder, `program.${index}.ts`), one]))

const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), path => readFileSync(path, 'utf8'))
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
const host = ts.createCompilerHost(options)
const { fileExists, readFile } = host
host.fileExists = path => files.has(path) || fileExists(path)
host.readFile = path => files.get(path)?.program ?? readFile(path)

const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host)
for (const [path, { name }] of files) {
  const file = program.getSourceFile(path)
  for (const problem of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) {
    const { line } = file.getLineAndCharacterOfPosition(problem.start ?? 0)
    const message = ts.flattenDiagnosticMessageText(problem.messageText, '\n')
    process.stderr.write(`${name}, its line ${line + 1}: ${message}\n`)
    process.exitCode = 1
  }
}
process.stdout.write(`Programs in documentation: ${files.size - 1} compiled.\n`)

// The tables of options in the documentation have exactly the options of their schemas, with their values and defaults,
// and the documentation of types states the defaults that are in force.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TSchema } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { defaults } from '../../src/config/defaults.ts'
import { wireName } from '../../src/config/option-schema.ts'
import { shapeSchema } from '../../src/engine/export/selection/selection-schema.ts'
import {
  importOptionsSchema,
  importOptionTexts,
  policySchema,
  readingSchema,
  structuredImportOptions,
} from '../../src/engine/import/import-options-schema.ts'
import { limitsSchema } from '../../src/http/admission/limits-schema.ts'
import { cellsOf } from '../promises/page.ts'
import { repositoryRoot } from '../support.ts'

/** Files with documented options whose defaults have the same names. */
const documentedTypes = [
  'jobs/jobs-options.ts',
  'http/admission/http-limits.ts',
  'engine/import/importer-options.ts',
  'engine/source/remote/remote-access.ts',
]

/** Names of defaults that say more than the name of the option. */
const defaultNames: Readonly<Record<string, keyof typeof defaults>> = {
  maxSeconds: 'remoteSeconds',
  minBytesPerSecond: 'remoteBytesPerSecond',
  rateSeconds: 'remoteRateSeconds',
  connectSeconds: 'remoteConnectSeconds',
  answerSeconds: 'remoteAnswerSeconds',
  pauseMs: 'remotePauseMs',
}

/** The rows of the table below a heading. */
function rowsBelow(page: string, heading: string): readonly (readonly string[])[] {
  const text = readFileSync(join(repositoryRoot, 'docs', page), 'utf8')
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const lines = section.split('\n').filter(line => line.startsWith('|'))
  return lines.slice(2).map(cellsOf)
}

/** The cell of values: words in code, a TAB by its name, a number by its bounds. */
function valuesOf({ type, anyOf, minimum }: TSchema): string {
  if (type === 'boolean') return '`true`, `false`'
  if (type === 'integer') return `a whole number from ${minimum}`
  if (type === 'array') return 'texts, separated by commas'
  if (anyOf === undefined) return 'an object, as JSON'
  return anyOf.map((member: TSchema) => (member.const === '\t' ? 'TAB' : `\`${member.const}\``)).join(', ')
}

/** Words where the schema states no default. */
const defaultOf = (schema: TSchema, cell: string): string =>
  schema.default === undefined ? cell.replaceAll('`', '') : `\`${schema.default}\``

test('docs/imports.md has each option of an import, with its values and default', () => {
  const properties: Record<string, TSchema> = { ...policySchema.properties, ...readingSchema.properties }
  const rows = rowsBelow('imports.md', 'The options')
  expect(rows.map(([option]) => option)).toEqual(Object.keys(properties).map(name => `\`${wireName(name)}\``))
  Object.values(properties).forEach((schema, index) => {
    const [option, values, standard = ''] = rows[index] ?? []
    expect([option, values, standard]).toEqual([option, valuesOf(schema), defaultOf(schema, standard)])
  })
})

test('docs/exports.md has each option of the file, with its values and default', () => {
  const rows = rowsBelow('exports.md', 'The file')
  const { properties } = shapeSchema
  expect(rows.map(([option, standard]) => [option, standard])).toEqual(
    Object.entries<TSchema>(properties).map(([name, schema]) => [`\`${name}\``, `\`${schema.default}\``]),
  )
  Object.values<TSchema>(properties).forEach(({ anyOf = [], default: standard }, index) => {
    const choices = anyOf
      .map((member: TSchema) => member.const)
      .filter((value: unknown) => value !== standard)
    for (const value of choices) expect(rows[index]?.[2]).toContain(value === '\t' ? 'TAB' : `\`${value}\``)
  })
})

test('docs/limits.md has each limit of the service once, with its default', () => {
  const rows = ['At the same time', 'Per request', 'Time'].flatMap(heading => rowsBelow('limits.md', heading))
  const documented = rows.flatMap(([options = '', , standards = '']) => {
    const values = standards.replace(' bytes', '').split(', ')
    return [...options.matchAll(/`(\w+)`/g)].map(([, name = ''], index) => [name, values[index]])
  })
  const known: Record<string, TSchema> = limitsSchema.properties
  const limits = documented.filter(([name = '']) => Object.hasOwn(known, name))
  expect(limits).toHaveLength(Object.keys(known).length)
  expect(Object.fromEntries(limits)).toEqual(
    Object.fromEntries(Object.entries(known).map(([name, schema]) => [name, String(schema.default)])),
  )
})

test('each number after @defaultValue is the default', () => {
  const stated = documentedTypes.flatMap(file => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'src', file), 'utf8')
    // A number with a unit, such as 4 MiB, is left out.
    const pattern = /@defaultValue[\s*]+([\d,]+)\b(?! MiB)[^/]*?\*\/\s+readonly (\w+)/g
    return [...text.matchAll(pattern)].map(([, number = '', name = '']) => ({ name, number }))
  })
  expect(stated.length).toBeGreaterThan(30)
  const known: Readonly<Record<string, unknown>> = defaults
  const wrong = stated.filter(
    ({ name, number }) => known[defaultNames[name] ?? name] !== Number(number.replaceAll(',', '')),
  )
  expect(wrong).toEqual([])
})

test('a JSON body states every option that is a list or an object as such', () => {
  const properties: Record<string, TSchema> = importOptionsSchema.properties
  const structured = Object.keys(importOptionTexts).filter(name =>
    ['array', 'object'].includes(properties[name]?.type),
  )
  expect(structured).toEqual(Object.keys(structuredImportOptions))
})

// The interfaces of options, which users read, have exactly the members of the schemas. `npm run typecheck` is the judge.
import type { Static } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import type { shapeSchema } from '../../src/engine/export/selection/selection-schema.ts'
import type { importOptionsSchema } from '../../src/engine/import/import-options-schema.ts'
import type { limitsSchema } from '../../src/http/admission/limits-schema.ts'
import type { HttpLimits } from '../../src/http/index.ts'
import type { FileShape, ImportOptions } from '../../src/index.ts'

type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** An interface also takes undefined, and is never written to. */
type AsInterface<Options> = { readonly [Name in keyof Options]: Options[Name] | undefined }

type AsOneType<Options> = { [Name in keyof Options]: Options[Name] }

test('ImportOptions is the type of its schema', () => {
  const isSame: IsSame<AsOneType<ImportOptions>, AsInterface<Static<typeof importOptionsSchema>>> = true
  expect(isSame).toBe(true)
})

test('the options of an export file are the type of its schema, except the format, which an exporter requires', () => {
  type Shape = Omit<AsInterface<Static<typeof shapeSchema>>, 'format'>
  const isSame: IsSame<AsOneType<Omit<FileShape, 'format'>>, AsOneType<Shape>> = true
  expect(isSame).toBe(true)
})

test('HttpLimits is the type of its schema', () => {
  const isSame: IsSame<AsOneType<HttpLimits>, Readonly<Static<typeof limitsSchema>>> = true
  expect(isSame).toBe(true)
})

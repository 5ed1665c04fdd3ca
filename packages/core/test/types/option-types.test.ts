// The interfaces of options, which users read, have exactly the members of the schemas. `npm run typecheck` is the judge.
import type { Static } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import type { importOptionsSchema } from '../../src/engine/import/import-options-schema.ts'
import type { ImportOptions } from '../../src/index.ts'

type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** An interface also takes undefined, and is never written to. */
type AsInterface<Options> = { readonly [Name in keyof Options]: Options[Name] | undefined }

type AsOneType<Options> = { [Name in keyof Options]: Options[Name] }

test('ImportOptions is the type of its schema', () => {
  const isSame: IsSame<AsOneType<ImportOptions>, AsInterface<Static<typeof importOptionsSchema>>> = true
  expect(isSame).toBe(true)
})

// The table of the suite over all hooks: what is imported into it, what is exported, and how a use of a hook is reported.
import { defineResource, type Resource, type ResourceDefinition, Type } from '../../src/index.ts'

export interface Outcome {
  /** Undefined: it went well. */
  readonly code: string | undefined
  /** What the caller reads. */
  readonly reported: string
  /** What was logged. */
  readonly log: readonly unknown[]
  /** What came of it, to be compared with what was expected: rows, or an answer. */
  readonly result: unknown
}

/** Where all is well with an import: the bad record is rejected, the other two are there. */
export const imported = {
  rows: ['1 a {x}', '2 b {y}'],
  report: { processed: 3, successful: 2, failed: 1, errorsByCode: { INVALID_ID: 1 } },
  errors: [{ rowNumber: 3, field: 'id', code: 'INVALID_ID', value: 'bad' }],
}
export const file = 'id,name,tags\n1,a,"[""x""]"\nbad,c,[]\n2,b,"[""y""]"\n'

/** Where all is well with an export. */
export const exported = '{"id":7,"name":"old","tags":["z"]}\n'

const schema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  tags: Type.Array(Type.String()),
})
export type Things = ResourceDefinition<typeof schema>

export function things(more: Partial<Things>): Resource {
  return defineResource('things', { table: 'things', schema, ...more })
}
/** The caller that hooks receive; they must not be able to change it. */
export const caller = { tenant: 'acme', principal: 'ann' }

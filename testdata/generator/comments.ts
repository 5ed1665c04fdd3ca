// Makes the comments: record i as an NDJSON line with the errors planted in it.
import { someBody } from './bodies.ts'
import { type CommentSource, commentFaults, commentVarieties } from './comment-faults.ts'
import { createPlace, type Draft, type WrittenRecord } from './fault.ts'
import { type JsonRow, jsonLine } from './ndjson.ts'
import { Plan } from './plan.ts'
import type { Referable } from './referable.ts'
import { type Rng, stream } from './rng.ts'
import { madeAt, timestamp } from './timestamps.ts'
import { uuid } from './uuid.ts'

export interface Comments {
  record(index: number): WrittenRecord
}

export function createComments(
  seed: number,
  count: number,
  clean: boolean,
  references: { users: Referable; articles: Referable },
): Comments {
  const ids = stream(seed, 'comments.id')
  const fields = stream(seed, 'comments.fields')
  const accidents = stream(seed, 'comments.faults')
  const spellings = stream(seed, 'comments.spelling')
  const kinds = clean ? commentVarieties : { ...commentFaults, ...commentVarieties }
  const plan = new Plan(seed, 'comments', count, kinds)

  const source: CommentSource = { id: index => uuid(ids(index)), ...references }

  function record(index: number): WrittenRecord {
    const slot = plan.slotOf(index)
    const draft: Draft<JsonRow> = { row: goodRow(index, fields(index), source) }
    const fault = slot.kind === undefined ? undefined : kinds[slot.kind]
    const errors = fault?.plant(draft, createPlace(plan, index, slot, accidents(index)), source) ?? []
    return { text: `${draft.text ?? jsonLine(draft.row, spellings(index))}\n`, errors }
  }

  return { record }
}

function goodRow(index: number, rng: Rng, { id, users, articles }: CommentSource): JsonRow {
  const prefix = rng.below(10) < 6 ? 'cm_' : ''
  return {
    id: `${prefix}${id(index)}`,
    article_id: articles.existing(rng),
    user_id: users.existing(rng),
    body: someBody(rng),
    created_at: rng.below(30) === 0 ? undefined : timestamp(madeAt(index, rng), rng),
  }
}

// Makes the articles: record i as an NDJSON line with the errors planted in it, and ids for comments.
import {
  type ArticleSource,
  articleFaults,
  articleVarieties,
  rejectedArticleKinds,
} from './article-faults.ts'
import { createPlace, type Draft, type WrittenRecord } from './fault.ts'
import { type JsonRow, jsonLine } from './ndjson.ts'
import { Plan } from './plan.ts'
import { createReferable, type Referable } from './referable.ts'
import { type Rng, stream } from './rng.ts'
import { madeAt, timestamp } from './timestamps.ts'
import { uuid } from './uuid.ts'
import { someTags, text, title, words } from './words.ts'

export interface Articles extends Referable {
  record(index: number): WrittenRecord
}

export function createArticles(seed: number, count: number, clean: boolean, users: Referable): Articles {
  const ids = stream(seed, 'articles.id')
  const slugs = stream(seed, 'articles.slug')
  const fields = stream(seed, 'articles.fields')
  const accidents = stream(seed, 'articles.faults')
  const spellings = stream(seed, 'articles.spelling')
  const kinds = clean ? articleVarieties : { ...articleFaults, ...articleVarieties }
  const plan = new Plan(seed, 'articles', count, kinds)

  const source: ArticleSource = {
    id: index => uuid(ids(index)),
    slug: index => slugOf(index, slugs(index)),
    users,
  }

  function record(index: number): WrittenRecord {
    const slot = plan.slotOf(index)
    const draft: Draft<JsonRow> = { row: goodRow(index, fields(index), source) }
    const fault = slot.kind === undefined ? undefined : kinds[slot.kind]
    const errors = fault?.plant(draft, createPlace(plan, index, slot, accidents(index)), source) ?? []
    return { text: `${articleLine(draft.row, spellings(index))}\n`, errors }
  }

  return { record, ...createReferable(plan, source.id, rejectedArticleKinds) }
}

/** The number at the end is the record's, so no two records have the same slug. */
function slugOf(index: number, rng: Rng): string {
  return `${rng.pick(words)}-${rng.pick(words)}-${index}`
}

function goodRow(index: number, rng: Rng, source: ArticleSource): JsonRow {
  const made = madeAt(index, rng)
  const published = rng.below(10) < 6
  return {
    id: source.id(index),
    slug: source.slug(index),
    title: title(rng),
    content: text(5 + rng.below(40), rng),
    author_id: source.users.existing(rng),
    tags: rng.pick([undefined, null, [], someTags(rng), someTags(rng), someTags(rng)]),
    status: published ? 'published' : 'draft',
    published_at: published ? timestamp(made + 3600, rng) : rng.pick([undefined, null]),
    created_at: rng.below(30) === 0 ? undefined : timestamp(made, rng),
    updated_at: rng.below(30) === 0 ? undefined : timestamp(made + 7200, rng),
  }
}

/** One in five writes its content under its other name. */
function articleLine(row: JsonRow, rng: Rng): string {
  if (rng.below(5) > 0) return jsonLine(row, rng)
  return jsonLine(
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key === 'content' ? 'body' : key, value])),
    rng,
  )
}

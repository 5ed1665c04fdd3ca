// What can be wrong with an article, in which share of the records, and which errors that must give.
import { badSlug, badTimestamp, badUuid } from './bad-values.ts'
import { error, type Faults, inTurn, missing, sets } from './fault.ts'
import { absences, type Json, type JsonRow } from './ndjson.ts'
import type { Referable } from './referable.ts'
import { timestamp } from './timestamps.ts'
import { uuid } from './uuid.ts'

/** The values of any article, known without making its record, and the users it can refer to. */
export interface ArticleSource {
  id(index: number): string
  slug(index: number): string
  users: Referable
}

const badStatuses: Json[] = ['archived', 'Draft', 'PUBLISHED', 'pending', 1, true]
const badTags: Json[] = [5, ['ok', 5], { a: 'b' }, true, [['nested']], [{ tag: 'x' }]]
const publishedIn2024 = 1_720_000_000

type ArticleFaults = Faults<JsonRow, ArticleSource>

/** Records that are imported all the same, and are not referred to. */
export const articleVarieties: ArticleFaults = {
  noId: sets(100, () => ({ id: undefined }), []),
  longestTitle: sets(4, rank => ({ title: inTurn(['t', '😀'], rank).repeat(500) }), []),
}

/** Kinds that are always rejected although their id is valid and unique. */
export const rejectedArticleKinds = [
  'slug',
  'draftWithDate',
  'authorUnknown',
  'authorRejected',
  'duplicateSlug',
]

export const articleFaults: ArticleFaults = {
  id: sets(6, (rank, { id }) => ({ id: rank % 4 === 3 ? 12345 : badUuid(String(id), rank) }), [
    error('id', 'INVALID_UUID'),
  ]),
  slug: sets(60, (rank, { slug }) => ({ slug: rank % 12 === 11 ? 7 : badSlug(String(slug), rank) }), [
    error('slug', 'INVALID_SLUG'),
  ]),
  slugMissing: sets(8, rank => ({ slug: inTurn(absences, rank) }), [missing('slug')]),
  titleMissing: sets(8, rank => ({ title: inTurn(absences, rank) }), [missing('title')]),
  title: sets(6, rank => ({ title: inTurn(['t'.repeat(501), '😀'.repeat(501), 42], rank) }), [
    error('title', 'INVALID_TITLE'),
  ]),
  contentMissing: sets(8, rank => ({ content: inTurn(absences, rank) }), [missing('content')]),
  author: sets(
    8,
    (rank, { author_id }) => ({ author_id: rank % 4 === 3 ? 9 : badUuid(String(author_id), rank) }),
    [error('author_id', 'INVALID_UUID')],
  ),
  authorMissing: sets(6, rank => ({ author_id: inTurn(absences, rank) }), [missing('author_id')]),
  tags: sets(10, rank => ({ tags: inTurn(badTags, rank) }), [error('tags', 'INVALID_TAGS')]),
  // Without a date, so that no rule about dates applies to an invalid status.
  status: sets(12, rank => ({ status: inTurn(badStatuses, rank), published_at: undefined }), [
    error('status', 'INVALID_STATUS'),
  ]),
  statusMissing: sets(6, rank => ({ status: inTurn(absences, rank), published_at: undefined }), [
    missing('status'),
  ]),
  draftWithDate: {
    per10k: 60,
    plant: ({ row }, { rng }) => {
      Object.assign(row, { status: 'draft', published_at: timestamp(publishedIn2024, rng) })
      return [error('published_at', 'INVALID_PUBLISHED_AT')]
    },
  },
  publishedWithout: sets(
    40,
    rank => ({ status: 'published', published_at: inTurn([undefined, null], rank) }),
    [error('published_at', 'MISSING_PUBLISHED_AT')],
  ),
  publishedAt: sets(8, rank => ({ status: 'published', published_at: badTimestamp(rank) }), [
    error('published_at', 'INVALID_TIMESTAMP'),
  ]),
  createdAt: sets(6, rank => ({ created_at: badTimestamp(rank) }), [
    error('created_at', 'INVALID_TIMESTAMP'),
  ]),
  updatedAt: sets(4, rank => ({ updated_at: badTimestamp(rank) }), [
    error('updated_at', 'INVALID_TIMESTAMP'),
  ]),
  slugAndDate: sets(
    10,
    (rank, { slug }) => ({ slug: badSlug(String(slug), rank), status: 'published', published_at: null }),
    [error('slug', 'INVALID_SLUG'), error('published_at', 'MISSING_PUBLISHED_AT')],
  ),
  everything: sets(
    3,
    rank => ({
      id: 'x',
      slug: 'X Y',
      title: null,
      content: '',
      author_id: 'nobody',
      tags: 5,
      status: 'lost',
      published_at: badTimestamp(rank),
      created_at: badTimestamp(rank + 1),
      updated_at: badTimestamp(rank + 2),
    }),
    [
      error('id', 'INVALID_UUID'),
      error('slug', 'INVALID_SLUG'),
      missing('title'),
      missing('content'),
      error('author_id', 'INVALID_UUID'),
      error('tags', 'INVALID_TAGS'),
      error('status', 'INVALID_STATUS'),
      error('published_at', 'INVALID_TIMESTAMP'),
      error('created_at', 'INVALID_TIMESTAMP'),
      error('updated_at', 'INVALID_TIMESTAMP'),
    ],
  ),
  duplicateSlug: {
    per10k: 50,
    plant: ({ row }, { earlier }, articles) => {
      row.slug = articles.slug(earlier())
      return [error('slug', 'DUPLICATE_SLUG')]
    },
  },
  duplicateId: {
    per10k: 8,
    plant: ({ row }, { rank, earlier }, articles) => {
      const id = articles.id(earlier())
      row.id = inTurn([id, id, id.toUpperCase()], rank)
      return [error('id', 'DUPLICATE_ID')]
    },
  },
  authorUnknown: {
    per10k: 40,
    plant: ({ row }, { rng }) => {
      row.author_id = uuid(rng)
      return [error('author_id', 'AUTHOR_NOT_FOUND')]
    },
  },
  authorRejected: {
    per10k: 30,
    plant: ({ row }, { rng }, { users }) => {
      row.author_id = users.rejected(rng)
      return [error('author_id', 'AUTHOR_NOT_FOUND')]
    },
  },
  duplicateSlugAndAuthor: {
    per10k: 6,
    plant: ({ row }, { rng, earlier }, articles) => {
      row.slug = articles.slug(earlier())
      row.author_id = uuid(rng)
      return [error('slug', 'DUPLICATE_SLUG'), error('author_id', 'AUTHOR_NOT_FOUND')]
    },
  },
  // The duplicate is not judged, since the record is not otherwise valid; the reference is reported together with the rest.
  titleWithKnownSlug: {
    per10k: 5,
    plant: ({ row }, { rng, earlier }, articles) => {
      Object.assign(row, { title: '', slug: articles.slug(earlier()), author_id: uuid(rng) })
      return [missing('title'), error('author_id', 'AUTHOR_NOT_FOUND')]
    },
  },
  // Of a pair the first has no author, and therefore the second, with the first one's slug, is imported.
  slugAfterOrphan: {
    per10k: 10,
    plant: ({ row }, { index, rng, partner }, articles) => {
      const other = partner()
      if (other !== undefined && other < index) {
        row.slug = articles.slug(other)
        return []
      }
      row.author_id = uuid(rng)
      return [error('author_id', 'AUTHOR_NOT_FOUND')]
    },
  },
}

// The little judge of articles.ndjson: lists every error, and which ids are imported.
import { type JsonRecord, judgeLines } from './judge-lines.ts'
import {
  type Finding,
  inOrder,
  isMissing,
  isText,
  isTimestamp,
  isUuid,
  optional,
  orphan,
  type Problem,
  required,
} from './judge-values.ts'

const order = [
  'id',
  'slug',
  'title',
  'content',
  'author_id',
  'tags',
  'status',
  'published_at',
  'created_at',
  'updated_at',
]

export function judgeArticles(path: string, userIds: Set<string>): { findings: Finding[]; ids: Set<string> } {
  const ids = new Set<string>()
  const slugs = new Set<unknown>()
  const findings = judgeLines(path, record => {
    const orphans = orphan('author_id', record.author_id, userIds, 'AUTHOR_NOT_FOUND')
    const wrong = fieldProblems(record)
    if (wrong.length > 0) return inOrder(order, [...wrong, ...orphans])
    const problems: Problem[] = []
    const id = isMissing(record.id) ? undefined : String(record.id).toLowerCase()
    if (id !== undefined && ids.has(id)) problems.push({ field: 'id', code: 'DUPLICATE_ID' })
    if (slugs.has(record.slug)) problems.push({ field: 'slug', code: 'DUPLICATE_SLUG' })
    problems.push(...orphans)
    if (problems.length === 0) {
      if (id !== undefined) ids.add(id)
      slugs.add(record.slug)
    }
    return problems
  })
  return { findings, ids }
}

function fieldProblems(record: JsonRecord): Problem[] {
  const isStatus = (status: unknown) => status === 'draft' || status === 'published'
  return [
    ...optional('id', record.id, isUuid, 'INVALID_UUID'),
    ...required('slug', record.slug, isSlug, 'INVALID_SLUG'),
    ...required('title', record.title, title => isText(title, 500), 'INVALID_TITLE'),
    ...required(
      'content',
      record.content ?? record.body,
      content => typeof content === 'string',
      'INVALID_CONTENT',
    ),
    ...required('author_id', record.author_id, isUuid, 'INVALID_UUID'),
    ...optional('tags', record.tags, isTags, 'INVALID_TAGS'),
    ...required('status', record.status, isStatus, 'INVALID_STATUS'),
    ...publishedProblems(record),
    ...optional('created_at', record.created_at, isTimestamp, 'INVALID_TIMESTAMP'),
    ...optional('updated_at', record.updated_at, isTimestamp, 'INVALID_TIMESTAMP'),
  ]
}

function publishedProblems({ status, published_at: date }: JsonRecord): Problem[] {
  const field = 'published_at'
  if (!isMissing(date) && !isTimestamp(date)) return [{ field, code: 'INVALID_TIMESTAMP' }]
  if (status === 'published' && isMissing(date)) return [{ field, code: 'MISSING_PUBLISHED_AT' }]
  if (status === 'draft' && !isMissing(date)) return [{ field, code: 'INVALID_PUBLISHED_AT' }]
  return []
}

function isSlug(value: unknown): boolean {
  return isText(value, 255) && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)
}

function isTags(value: unknown): boolean {
  return Array.isArray(value) && value.every(tag => typeof tag === 'string')
}

// The little judge of comments.ndjson: says every error.
import { type JsonRecord, judgeLines } from './judge-lines.ts'
import {
  type Finding,
  inOrder,
  isMissing,
  isTimestamp,
  isUuid,
  optional,
  orphan,
  type Problem,
  required,
} from './judge-values.ts'

const order = ['id', 'article_id', 'user_id', 'body', 'created_at']

export function judgeComments(path: string, articleIds: Set<string>, userIds: Set<string>): Finding[] {
  const ids = new Set<string>()
  return judgeLines(path, record => {
    const orphans = [
      ...orphan('article_id', record.article_id, articleIds, 'ARTICLE_NOT_FOUND'),
      ...orphan('user_id', record.user_id, userIds, 'USER_NOT_FOUND'),
    ]
    const wrong = fieldProblems(record)
    if (wrong.length > 0) return inOrder(order, [...wrong, ...orphans])
    const problems: Problem[] = []
    const id = isMissing(record.id) ? undefined : String(withoutPrefix(record.id)).toLowerCase()
    if (id !== undefined && ids.has(id)) problems.push({ field: 'id', code: 'DUPLICATE_ID' })
    problems.push(...orphans)
    if (problems.length === 0 && id !== undefined) ids.add(id)
    return problems
  })
}

function fieldProblems(record: JsonRecord): Problem[] {
  return [
    ...optional('id', withoutPrefix(record.id), isUuid, 'INVALID_UUID'),
    ...required('article_id', record.article_id, isUuid, 'INVALID_UUID'),
    ...required('user_id', record.user_id, isUuid, 'INVALID_UUID'),
    ...bodyProblems(record.body),
    ...optional('created_at', record.created_at, isTimestamp, 'INVALID_TIMESTAMP'),
  ]
}

function withoutPrefix(id: unknown): unknown {
  return typeof id === 'string' && id.startsWith('cm_') ? id.slice(3) : id
}

function bodyProblems(body: unknown): Problem[] {
  const field = 'body'
  if (body === undefined || body === null) return [{ field, code: 'BODY_EMPTY' }]
  if (typeof body !== 'string') return [{ field, code: 'INVALID_BODY' }]
  const words = body.match(/\S+/g)?.length ?? 0
  if (words === 0) return [{ field, code: 'BODY_EMPTY' }]
  return words > 500 || [...body].length > 10_000 ? [{ field, code: 'BODY_TOO_LONG' }] : []
}

// What can be wrong with a comment, in which share of the records, and which errors that must give.
import { badTimestamp, badUuid } from './bad-values.ts'
import { emptyBody, longestBody, tooLongBody } from './bodies.ts'
import { error, type Faults, inTurn, missing, sets } from './fault.ts'
import { absences, type JsonRow } from './ndjson.ts'
import type { Referable } from './referable.ts'
import { uuid } from './uuid.ts'

/** The id of any comment, known without making its record, and what comments can refer to. */
export interface CommentSource {
  id(index: number): string
  users: Referable
  articles: Referable
}

type CommentFaults = Faults<JsonRow, CommentSource>

const brokenLines: ((whole: string) => string)[] = [
  whole => whole.slice(0, -9),
  () => 'this line is no JSON',
  whole => whole.replaceAll('"', "'"),
  whole => `${whole.slice(0, -1)},}`,
  whole => whole.slice(1),
  whole => whole.replace(':', ''),
]
const noObjects = ['[1,2,3]', '42', '"a text"', 'null', 'true', '[{"body":"in a list"}]']

/** Records that are imported all the same. */
export const commentVarieties: CommentFaults = {
  noId: sets(100, () => ({ id: undefined }), []),
  longestBody: {
    per10k: 24,
    plant: ({ row }, { rank, rng }) => {
      row.body = longestBody(rank, rng)
      return []
    },
  },
}

export const commentFaults: CommentFaults = {
  notJson: {
    per10k: 6,
    plant: (draft, { rank }) => {
      draft.text = inTurn(brokenLines, rank)(JSON.stringify(draft.row))
      return [error(null, 'FILE_PARSE_ERROR')]
    },
  },
  notObject: {
    per10k: 6,
    plant: (draft, { rank }) => {
      draft.text = inTurn(noObjects, rank)
      return [error(null, 'NOT_AN_OBJECT')]
    },
  },
  id: {
    per10k: 8,
    plant: ({ row }, { index, rank }, comments) => {
      const id = badUuid(comments.id(index), rank)
      row.id = inTurn([id, `cm_${id}`, 17, `cm-${comments.id(index)}`], rank)
      return [error('id', 'INVALID_UUID')]
    },
  },
  article: sets(
    8,
    (rank, { article_id }) => ({ article_id: rank % 4 === 3 ? false : badUuid(String(article_id), rank) }),
    [error('article_id', 'INVALID_UUID')],
  ),
  articleMissing: sets(6, rank => ({ article_id: inTurn(absences, rank) }), [missing('article_id')]),
  user: sets(6, (rank, { user_id }) => ({ user_id: rank % 4 === 3 ? 3 : badUuid(String(user_id), rank) }), [
    error('user_id', 'INVALID_UUID'),
  ]),
  userMissing: sets(6, rank => ({ user_id: inTurn(absences, rank) }), [missing('user_id')]),
  bodyEmpty: sets(36, rank => ({ body: emptyBody(rank) }), [error('body', 'BODY_EMPTY')]),
  bodyTooLong: {
    per10k: 60,
    plant: ({ row }, { rank, rng }) => {
      row.body = tooLongBody(rank, rng)
      return [error('body', 'BODY_TOO_LONG')]
    },
  },
  createdAt: sets(8, rank => ({ created_at: badTimestamp(rank) }), [
    error('created_at', 'INVALID_TIMESTAMP'),
  ]),
  userAndBody: sets(
    6,
    (rank, { user_id }) => ({ user_id: badUuid(String(user_id), rank), body: emptyBody(rank) }),
    [error('user_id', 'INVALID_UUID'), error('body', 'BODY_EMPTY')],
  ),
  everything: sets(
    3,
    rank => ({
      id: 'cm_nobody',
      article_id: null,
      user_id: 'nobody',
      body: emptyBody(rank),
      created_at: badTimestamp(rank),
    }),
    [
      error('id', 'INVALID_UUID'),
      missing('article_id'),
      error('user_id', 'INVALID_UUID'),
      error('body', 'BODY_EMPTY'),
      error('created_at', 'INVALID_TIMESTAMP'),
    ],
  ),
  articleUnknown: {
    per10k: 60,
    plant: ({ row }, { rng }) => {
      row.article_id = uuid(rng)
      return [error('article_id', 'ARTICLE_NOT_FOUND')]
    },
  },
  articleRejected: {
    per10k: 30,
    plant: ({ row }, { rng }, { articles }) => {
      row.article_id = articles.rejected(rng)
      return [error('article_id', 'ARTICLE_NOT_FOUND')]
    },
  },
  userUnknown: {
    per10k: 40,
    plant: ({ row }, { rng }) => {
      row.user_id = uuid(rng)
      return [error('user_id', 'USER_NOT_FOUND')]
    },
  },
  userRejected: {
    per10k: 20,
    plant: ({ row }, { rng }, { users }) => {
      row.user_id = users.rejected(rng)
      return [error('user_id', 'USER_NOT_FOUND')]
    },
  },
  articleAndUser: {
    per10k: 10,
    plant: ({ row }, { rng }, { articles }) => {
      row.article_id = articles.rejected(rng)
      row.user_id = uuid(rng)
      return [error('article_id', 'ARTICLE_NOT_FOUND'), error('user_id', 'USER_NOT_FOUND')]
    },
  },
  duplicateId: {
    per10k: 15,
    plant: ({ row }, { rank, earlier }, comments) => {
      const id = comments.id(earlier())
      row.id = inTurn([id, `cm_${id}`, id.toUpperCase()], rank)
      return [error('id', 'DUPLICATE_ID')]
    },
  },
  duplicateIdAndArticle: {
    per10k: 5,
    plant: ({ row }, { rng, earlier }, comments) => {
      row.id = `cm_${comments.id(earlier())}`
      row.article_id = uuid(rng)
      return [error('id', 'DUPLICATE_ID'), error('article_id', 'ARTICLE_NOT_FOUND')]
    },
  },
  // The duplicate is not judged, since the record is not otherwise valid; the references are reported together with the rest.
  bodyWithKnownId: {
    per10k: 5,
    plant: ({ row }, { rank, rng, earlier }, comments) => {
      Object.assign(row, {
        id: comments.id(earlier()),
        article_id: uuid(rng),
        user_id: uuid(rng),
        body: emptyBody(rank),
      })
      return [
        error('article_id', 'ARTICLE_NOT_FOUND'),
        error('user_id', 'USER_NOT_FOUND'),
        error('body', 'BODY_EMPTY'),
      ]
    },
  },
  // Of a pair the first has no article, and therefore the second, with the first one's id, is imported.
  idAfterOrphan: {
    per10k: 6,
    plant: ({ row }, { index, rng, partner }, comments) => {
      const other = partner()
      if (other !== undefined && other < index) {
        row.id = comments.id(other)
        return []
      }
      row.article_id = uuid(rng)
      return [error('article_id', 'ARTICLE_NOT_FOUND')]
    },
  },
}

// comments: comments of users on articles.
import { defineResource, Type } from '@lading/core'

const maxWords = 500

export const comments = defineResource('comments', {
  table: 'comments',
  schema: Type.Object({
    id: Type.Optional(Type.String({ format: 'uuid' })),
    article_id: Type.String({ format: 'uuid' }),
    user_id: Type.String({ format: 'uuid' }),
    body: Type.String({ maxLength: 10_000 }),
    created_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  references: {
    article_id: { table: 'articles' },
    user_id: { table: 'users' },
  },
  fields: {
    // Exports of an older system write its ids with a prefix.
    id: { transform: text => (text.startsWith('cm_') ? text.slice(3) : text) },
    body: { codes: { missing: 'BODY_EMPTY', tooLong: 'BODY_TOO_LONG' } },
  },
  check({ body }, issue) {
    if (body === undefined) return
    const words = body.match(/\S+/g)?.length ?? 0
    if (words === 0) issue('body', 'BODY_EMPTY', 'A comment needs a body.')
    if (words > maxWords)
      issue('body', 'BODY_TOO_LONG', `A comment has at most ${maxWords} words; this one has ${words}.`)
  },
})

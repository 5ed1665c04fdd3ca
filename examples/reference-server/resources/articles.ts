// articles: drafts and published articles of authors.
import { defineResource, Type } from '@lading/core'

export const articles = defineResource('articles', {
  table: 'articles',
  schema: Type.Object({
    id: Type.Optional(Type.String({ format: 'uuid' })),
    slug: Type.String({
      pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
      maxLength: 255,
      description: 'lower-case words joined by hyphens, such as my-first-article',
    }),
    title: Type.String({ maxLength: 500 }),
    content: Type.String(),
    author_id: Type.String({ format: 'uuid' }),
    tags: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
    status: Type.Union([Type.Literal('draft'), Type.Literal('published')]),
    published_at: Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()])),
    created_at: Type.Optional(Type.String({ format: 'date-time' })),
    updated_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  key: ['slug'],
  references: {
    // A file may identify the author by e-mail address.
    author_id: {
      table: 'users',
      by: { author_email: { column: 'email', transform: text => text.trim() } },
    },
  },
  fields: {
    content: { aliases: ['body'] },
  },
  check({ status, published_at: publishedAt }, issue) {
    const hasDate = publishedAt !== undefined && publishedAt !== null
    if (status === 'published' && !hasDate) {
      issue('published_at', 'MISSING_PUBLISHED_AT', 'A published article needs "published_at".')
    }
    if (status === 'draft' && hasDate) {
      issue('published_at', 'INVALID_PUBLISHED_AT', 'A draft may not have "published_at".')
    }
  },
})

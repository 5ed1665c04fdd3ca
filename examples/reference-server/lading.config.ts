// The resources of the command line and the reference server, and the migrations that create their tables.
import { defineConfig } from '@lading/core'
import { articles } from './resources/articles.ts'
import { comments } from './resources/comments.ts'
import { users } from './resources/users.ts'

export default defineConfig({
  // In the order of their references: authors before articles, articles before comments.
  resources: [users, articles, comments],
  migrations: ['../../migrations/reference'],
})

// Checks the names of a resource and a format before a database is started or queried.
import { LadingError, type Project } from '@lading/core'
import { formatByName, resourceNamed } from '@lading/core/internal'
import { usageError } from './exit.ts'

/** @throws CommandError naming the known ones. */
export function checkNames(project: Project, names: { resource: string; format: string }): void {
  try {
    resourceNamed(project, names.resource)
    formatByName(names.format)
  } catch (error) {
    throw error instanceof LadingError ? usageError(error.message, error) : error
  }
}

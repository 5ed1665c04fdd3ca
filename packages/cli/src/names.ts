// Checks the names of a resource and a format before a database is started or asked.
import { formatNamed, LadingError, type Project, resourceNamed } from '@lading/core'
import { usageError } from './exit.ts'

/** @throws CommandError naming the known ones. */
export function checkNames(project: Project, names: { resource: string; format: string }): void {
  try {
    resourceNamed(project, names.resource)
    formatNamed(names.format)
  } catch (error) {
    throw error instanceof LadingError ? usageError(error.message, error) : error
  }
}

// Checks the names of a resource and a format before a database is started or asked.
import { createExporter, LadingError, type Project } from '@lading/core'
import { usageError } from './exit.ts'

/** @throws CommandError naming the known ones. */
export function checkNames(project: Project, names: { resource: string; format: string }): void {
  try {
    // An exporter tells unknown names at once, and asks for a connection only when its stream is read.
    createExporter({ pool: { connect: refuse }, resources: project.resources })
      .stream(names)
      .destroy()
  } catch (error) {
    throw error instanceof LadingError ? usageError(error.message, error) : error
  }
}

async function refuse(): Promise<never> {
  throw new Error('A check of names needs no connection.')
}

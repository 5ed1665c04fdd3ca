// One call of the command: parses the arguments, runs, and turns an error into a message and an exit code.
import { CommanderError } from 'commander'
import { type ExitCode, exitCode } from './exit.ts'
import type { CommandIo } from './io.ts'
import { createProgram } from './program.ts'

export async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  let code: ExitCode = exitCode.done
  const program = createProgram(io, result => {
    code = result
  })
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    // Commander has already written its error, or the requested help or version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
    const { reportFailure } = await import('./complaint.ts')
    return reportFailure(error, io)
  }
}

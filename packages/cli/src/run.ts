// One call of the command: parses the arguments, runs, and turns an error into a message and an exit code.
import { CommanderError } from 'commander'
import { reportFailure } from './complaint.ts'
import { type ExitCode, exitCode } from './exit.ts'
import { createProgram } from './program.ts'

export async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCode.done
  const program = createProgram(result => {
    code = result
  })
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    // Commander has already written its error, or the requested help or version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
    return reportFailure(error)
  }
}

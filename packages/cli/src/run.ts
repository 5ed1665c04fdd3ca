// One call of the command: parses, works, and turns whatever went wrong into a sentence and an exit code.
import { CommanderError } from 'commander'
import { complain } from './complaint.ts'
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
    // Commander has written its sentence, or the help or version that was asked for, by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
    return complain(error)
  }
}

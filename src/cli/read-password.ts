import { CommandFailure } from './command-failure.ts';

/** Bytes; more than the longest password takes. */
const MOST = 8 * 1024;

/**
 * The whole of stdin but its last line break, which editors and `echo` put there; else nothing is trimmed or folded
 * (ASVS V6.2.8).
 *
 * @throws CommandFailure when it is a terminal, which would show the password, or no UTF-8 text
 */
export async function readPassword(stdin: NodeJS.ReadStream): Promise<string> {
  if (stdin.isTTY)
    throw new CommandFailure(
      '--password-stdin reads a file or a pipe, not a terminal: put < FILE behind the command.',
    );
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(stdin));
    return text.replace(/\r?\n$/, '');
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new CommandFailure('The password on stdin is not UTF-8 text.', { cause });
    throw cause;
  }
}

async function readBytes(stdin: AsyncIterable<Buffer | string>): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stdin) {
    bytes = Buffer.concat([bytes, Buffer.from(chunk)]);
    if (bytes.length > MOST) throw new CommandFailure('What is on stdin is too long for a password.');
  }
  return bytes;
}

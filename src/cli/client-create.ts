import type { Command } from 'commander';
import { parseLabel } from '../accounts/label.ts';
import { createClient } from '../oauth/create-client.ts';
import { CommandFailure } from './command-failure.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { withDatabase } from './with-database.ts';

export function addClientCreate(client: Command): void {
  client
    .command('create')
    .description(
      'Create a credential for a service, by which it asks about tokens; its secret is printed once.',
    )
    .argument('<name>', 'what you call the service')
    .option('--json', 'print JSON: clientId and clientSecret')
    .addHelpText(
      'after',
      `
The service sends both by HTTP Basic to /oauth/introspect, /oauth/revoke and
/revocations. To change a secret, create another credential, give it to the
service, and revoke the one before.

Example:
  portcullis client create orders --json`,
    )
    .action(clientCreate);
}

async function clientCreate(given: string, { json }: { json?: true }): Promise<void> {
  const name = parseLabel('name', given);
  if (name === null) throw new CommandFailure('name must not be empty.');
  await withDatabase(async ({ clients }) => {
    const { client, secret } = await createClient(clients, name, OPERATOR);
    if (json) printJson({ clientId: client.id, clientSecret: secret });
    else
      printText(`Created ${client.name}\nClient id: ${client.id}\nSecret:    ${secret}   (shown this once)`);
  });
}

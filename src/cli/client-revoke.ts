import { type Command, InvalidArgumentError } from 'commander';
import { revokeClient } from '../oauth/revoke-client.ts';
import { isUuid } from '../tokens/uuid.ts';
import { clientRecord } from './client-record.ts';
import { CommandFailure } from './command-failure.ts';
import { formatTime } from './format-time.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { withDatabase } from './with-database.ts';

export function addClientRevoke(client: Command): void {
  client
    .command('revoke')
    .description('Make the credential of a service worthless, at its next request to any instance.')
    .argument('<id>', 'client id', parseClientId)
    .option('--json', 'print JSON: the credential as it is now')
    .addHelpText(
      'after',
      `
A feed that the service follows is cut off within seconds. One that is revoked
already stays as it is.

Example:
  portcullis client revoke 0198b2a4-6c1e-7d3f-9a50-1f2e3d4c5b6a`,
    )
    .action(clientRevoke);
}

/** @throws InvalidArgumentError */
function parseClientId(text: string): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw new InvalidArgumentError('It must be the id of a client.');
  return id;
}

async function clientRevoke(id: string, { json }: { json?: true }): Promise<void> {
  await withDatabase(async ({ clients }) => {
    const client = await revokeClient(clients, id, OPERATOR);
    if (client === undefined) throw new CommandFailure(`There is no client ${id}.`);
    if (json) printJson(clientRecord(client));
    else printText(`Client ${id} (${client.name}) revoked at ${formatTime(client.revokedAt ?? 0)} (UTC)`);
  });
}

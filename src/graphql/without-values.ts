/** GraphQL's own types put a value after `value:`, types of others anywhere after `cannot represent`. */
const RULES: readonly (readonly [quoting: RegExp, instead: string])[] = [
  [/^((?:Enum "\w+"|\w+) cannot represent (?:a )?(?:non[\w -]* )?value): [\s\S]*$/, '$1'],
  [/^(\w+ cannot represent) (?![\w -]*value$)[\s\S]*$/, '$1 this value'],
  [/^Value "[\s\S]*" (does not exist in "\w+" enum\.)[\s\S]*$/, 'The value $1'],
  [/^(Expected value of type "[\w![\]]+"), found [\s\S]*$/, '$1.'],
  [/^(Argument "\w+" has) invalid value [\s\S]*$/, '$1 an invalid value.'],
  [/^(Syntax Error: (?:Expected [^,]+, found|Unexpected) (?:Block)?String) "[\s\S]*$/, '$1.'],
];

/**
 * What GraphQL says of a value, without the value that it quotes: it may be a password in the wrong place, and nothing
 * secret belongs where errors are shown or collected (ASVS V14.2.1).
 */
export function withoutValues(message: string): string {
  const [quoting, instead = ''] = RULES.find(([each]) => each.test(message)) ?? [];
  return quoting === undefined ? message : message.replace(quoting, instead);
}

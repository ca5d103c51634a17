import { CHECKOUT, start, withProcesses } from '../support/processes.ts';

describe('npx portcullis in a checkout', () => {
  withProcesses();

  it('runs the program of the checkout', async () => {
    const env = { PORT: '4321', npm_config_offline: 'true' };
    const args = ['portcullis', 'config', 'print', '--json'];
    const { status, stdout } = await start('npx', args, { cwd: CHECKOUT, env }).outcome();
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual({ name: 'PORT', value: '4321', isDefault: false });
  });
});

import type { Plan } from './plan.ts';
import { runPlan } from './run-plan.ts';

/** The load generator is a process of its own, so that it takes no turn of the measured server's event loop. */
process.on('message', (plan: Plan) => {
  runPlan(plan).then(
    (figures) => process.send?.(figures),
    (error: Error) => {
      process.send?.({ failure: error.message });
    },
  );
});
process.on('disconnect', () => process.exit());

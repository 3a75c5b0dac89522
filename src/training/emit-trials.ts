/**
 * A sweep as commands for those who have a scheduler: one idempotent command a trial, in two stages. The first trial of each encoder
 * trains it; the others begin once it is there. The sweep's own command at the end finds all done, and ranks.
 */
import { hashOf } from '../core/plain-json.js';

export const SCHEDULERS = ['shell', 'slurm', 'kubernetes'] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

export interface EmittedSweep {
  /** The arguments of `understudy` for the whole sweep. */
  readonly args: readonly string[];
  /** Encoder after encoder, the ids of the trials on it. */
  readonly ids: readonly (readonly string[])[];
}

/** @returns a script, or manifests, that end with a line feed */
export function emitTrials(scheduler: Scheduler, sweep: EmittedSweep): string {
  const stages = [sweep.ids.map(([first]) => first), sweep.ids.flatMap(([, ...others]) => others)];
  const commands = stages.map((stage) => stage.map((id) => commandOf(sweep.args, id)));
  const [lines, ranking] = [commands.filter((stage) => stage.length > 0), commandOf(sweep.args, null)];
  if (scheduler === 'shell') return shell(lines, ranking);
  return scheduler === 'slurm' ? slurm(lines, ranking) : kubernetes(sweep, stages);
}

const commandOf = (args: readonly string[], id: string | null): string =>
  ['understudy', ...args, ...(id === null ? [] : ['--only', id])].map(quoted).join(' ');

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** What the program answers for a trial that cannot be trained: the others continue, and the ranking says why. */
const CANNOT_TRAIN = 3;

/** A function of the shell that runs a trial. */
const TRIAL = `trial() { "$@" || [ $? -eq ${CANNOT_TRAIN} ]; }`;

function shell(stages: readonly (readonly string[])[], ranking: string): string {
  const trials = stages.flat().map((command) => `trial ${command}`);
  return ['#!/bin/sh', 'set -e', TRIAL, ...trials, ranking, ''].join('\n');
}

/** Arrays of jobs, the second after the first, the ranking after both. */
function slurm(stages: readonly (readonly string[])[], ranking: string): string {
  const arrays = stages.flatMap((stage, index) => [
    `trials=$(sbatch --parsable --array=0-${stage.length - 1}${index === 0 ? '' : ' --dependency=afterok:$trials'} <<'JOB'`,
    '#!/bin/sh',
    '#SBATCH --requeue',
    TRIAL,
    'case $SLURM_ARRAY_TASK_ID in',
    ...stage.map((command, task) => `${task}) trial ${command} ;;`),
    'esac',
    'JOB',
    ')',
  ]);
  const last = ["sbatch --dependency=afterok:$trials <<'JOB'", '#!/bin/sh', ranking, 'JOB'];
  return ['#!/bin/sh', 'set -e', ...arrays, ...last, ''].join('\n');
}

/** Jobs with the label of their stage; image and volume are the cluster's own. */
function kubernetes({ args }: EmittedSweep, stages: readonly (readonly string[])[]): string {
  // two sweeps in one namespace: a job's name is its own, and so is what selects its stages
  const sweep = `sweep-${hashOf(args, 8)}`;
  const trials = stages.map((stage) =>
    stage.map((id) => [id, `${commandOf(args, id)} || [ $? -eq ${CANNOT_TRAIN} ]`] as const),
  );
  const jobs = [...trials, [['ranking', commandOf(args, null)] as const]];
  const documents = jobs.flatMap((stage, index) =>
    stage.map(([name, command]) => kubernetesJob(`${sweep}-${name}`, { sweep, stage: String(index + 1) }, command)),
  );
  const head = [
    '# Set the image, and a volume that every node mounts at /work. Apply a stage once the one before it is complete:',
    `#   kubectl apply -l sweep=${sweep},stage=1 -f sweep.yaml`,
    `#   kubectl wait --for=condition=complete --timeout=-1s job -l sweep=${sweep},stage=1`,
  ];
  return `${head.join('\n')}\n${documents.join('---\n')}`;
}

function kubernetesJob(name: string, labels: Readonly<Record<string, string>>, command: string): string {
  return [
    'apiVersion: batch/v1',
    'kind: Job',
    'metadata:',
    `  name: ${name}`,
    `  labels: ${JSON.stringify(labels)}`,
    'spec:',
    '  backoffLimit: 5',
    '  template:',
    '    spec:',
    '      restartPolicy: OnFailure',
    '      containers:',
    '        - name: understudy',
    '          image: understudy # yours',
    '          workingDir: /work',
    // Kubernetes would read $(NAME) in it as a variable
    `          command: ${JSON.stringify(['sh', '-c', command.replaceAll('$(', '$$(')])}`,
    '          volumeMounts: [{name: work, mountPath: /work}]',
    '      volumes: [{name: work, persistentVolumeClaim: {claimName: work}}] # yours',
    '',
  ].join('\n');
}

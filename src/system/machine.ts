/** Describes the machine that figures were measured on. */
import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** The machine in one line: cores, processor, memory, system, Node. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memoryGb = (totalmem() / 2 ** 30).toFixed(0);
  return `${availableParallelism()} x ${model}, ${memoryGb} GiB, ${process.platform} ${release()}, Node ${process.version}`;
}

//! Processes, a process pool and a queue between processes.

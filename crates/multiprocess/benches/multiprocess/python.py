"""Python's multiprocessing. Each function is one measurement; the first argument names it."""
import os, sys
from multiprocessing import Pool, Process, Queue
from time import perf_counter

def nothing(): pass
def following(n): return n + 1
def pid(_): return os.getpid()

def start_and_join():
    times = 100
    start = perf_counter()
    for _ in range(times):
        p = Process(target=nothing)
        p.start()
        p.join()
    return (perf_counter() - start) * 1e6 / times

def pool_tasks():
    tasks = 10_000
    with Pool(2) as pool:
        pool.apply(following, (1,))
        start = perf_counter()
        results = [pool.apply_async(following, (n,)) for n in range(tasks)]
        for result in results:
            result.get()
        return tasks / (perf_counter() - start)

def pool_round_trip():
    times = 1_000
    with Pool(1) as pool:
        pool.apply(following, (1,))
        start = perf_counter()
        for n in range(times):
            pool.apply(following, (n,))
        return (perf_counter() - start) * 1e6 / times

def pool_map():
    integers = 2_000_000
    with Pool(2) as pool:
        pool.apply(following, (1,))
        start = perf_counter()
        pool.map(following, range(integers))
        return integers / (perf_counter() - start)

def put(q, item, items):
    for _ in range(items):
        q.put(item)

def queue(size):
    size = int(size)
    items = 150 if size > 4096 else 50_000
    q = Queue()
    p = Process(target=put, args=(q, b"7" * size, items))
    p.start()
    q.get()
    start = perf_counter()
    for _ in range(items - 1):
        q.get()
    elapsed = perf_counter() - start
    p.join()
    return (items - 1) / elapsed

def take(q, items):
    for _ in range(items):
        q.get()

def queue_of_many():
    items = 20_000
    q = Queue()
    start = perf_counter()
    processes = [Process(target=put, args=(q, 7, items)) for _ in range(2)]
    processes += [Process(target=take, args=(q, items)) for _ in range(2)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    return 2 * items / (perf_counter() - start)

def echo(there, back, times):
    for _ in range(times):
        back.put(there.get() + 1)

def queue_round_trip():
    times = 1_000
    there, back = Queue(), Queue()
    p = Process(target=echo, args=(there, back, times + 1))
    p.start()
    there.put(0)
    back.get()
    start = perf_counter()
    for n in range(times):
        there.put(n)
        back.get()
    elapsed = perf_counter() - start
    p.join()
    return elapsed * 1e6 / times

def idle_worker():
    with Pool(1) as pool:
        worker = pool.apply(pid, (None,))
        with open(f"/proc/{worker}/smaps_rollup") as rollup:
            return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_"))

print(globals()[sys.argv[1]](*sys.argv[2:]))

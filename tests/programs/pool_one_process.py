"""Wrong: one process prints what two workers and their parent would, to the second."""

from functools import partial
from time import sleep

print = partial(print, flush=True)

print("父进程启动")
print("子进程0启动--4101")
print("子进程1启动--4102")
sleep(1.01)
print("子进程0结束--4101--耗时1.00")
print("子进程2启动--4101")
sleep(1.01)
print("子进程1结束--4102--耗时2.00")
print("子进程3启动--4102")
print("子进程2结束--4101--耗时1.00")
print("子进程4启动--4101")
sleep(1.01)
print("子进程3结束--4102--耗时1.00")
print("子进程4结束--4101--耗时1.00")
print("父进程结束")

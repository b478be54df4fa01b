using System.Runtime.ExceptionServices;
using Tmds.Linux;

namespace FastTun.Linux;

/// <content>Threads inside. Each is made for its purpose and ends with it, and takes its being elsewhere
/// along.</content>
public sealed partial class NetworkNamespace
{
    /// <summary>Runs code inside, on a thread of its own, and waits for it.</summary>
    /// <param name="work">Any code; what it throws is thrown here with its stack.</param>
    /// <exception cref="LinuxException">The process lacks CAP_SYS_ADMIN to enter.</exception>
    /// <exception cref="ObjectDisposedException">The namespace was let go.</exception>
    public void Run(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Run(() =>
        {
            work();
            return 0;
        });
    }

    /// <inheritdoc cref="Run(Action)"/>
    /// <returns>What the code returned.</returns>
    public T Run<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return OnThread($"netns {Name}", () =>
        {
            Enter();
            return work();
        });
    }

    /// <summary>Starts a background thread that spends its life inside.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="body">What it does. What this throws ends the process, as on any thread.</param>
    /// <returns>The running thread.</returns>
    /// <exception cref="LinuxException">The process lacks CAP_SYS_ADMIN to enter; the thread has ended.</exception>
    public Thread StartThread(string name, ThreadStart body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var entered = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                entered.SetResult();
            }
            catch (Exception failure)
            {
                entered.SetException(failure);
                return;
            }

            body();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        entered.Task.GetAwaiter().GetResult();
        return thread;
    }

    private static T OnThread<T>(string name, Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private void Enter()
    {
        // The reference keeps the number from being closed, and given to another namespace, under this thread.
        bool held = false;
        Descriptor.DangerousAddRef(ref held);
        SysResult entered = SysResult.FromReturn(LibC.setns(Descriptor.Number, LibC.CLONE_NEWNET));
        Descriptor.DangerousRelease();
        entered.OrThrow("setns", Name, entered.Error == Errno.EPERM ? Privilege("enter") : null);
    }
}

namespace FastTun.Linux;

/// <summary>The error numbers of Linux (errno(3)), by the names the kernel's documentation uses.</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>Operation not permitted: a capability is missing.</summary>
    EPERM = 1,
    /// <summary>No such file, directory or object.</summary>
    ENOENT = 2,
    /// <summary>No such process.</summary>
    ESRCH = 3,
    /// <summary>Interrupted by a signal: try again.</summary>
    EINTR = 4,
    /// <summary>Input/output error; of a TUN write: the device is down.</summary>
    EIO = 5,
    /// <summary>No such device or address.</summary>
    ENXIO = 6,
    /// <summary>Argument list too long; of TUNSETIFF: the device has no room for another queue.</summary>
    E2BIG = 7,
    /// <summary>Bad file descriptor.</summary>
    EBADF = 9,
    /// <summary>Nothing to read, or no room to write, just now.</summary>
    EAGAIN = 11,
    /// <summary>Out of memory.</summary>
    ENOMEM = 12,
    /// <summary>Permission denied.</summary>
    EACCES = 13,
    /// <summary>Bad address.</summary>
    EFAULT = 14,
    /// <summary>Device or resource busy.</summary>
    EBUSY = 16,
    /// <summary>The object exists already.</summary>
    EEXIST = 17,
    /// <summary>No such device.</summary>
    ENODEV = 19,
    /// <summary>Not a directory.</summary>
    ENOTDIR = 20,
    /// <summary>Invalid argument.</summary>
    EINVAL = 22,
    /// <summary>Too many open files in the system.</summary>
    ENFILE = 23,
    /// <summary>Too many open files in this process.</summary>
    EMFILE = 24,
    /// <summary>The descriptor does not understand this ioctl.</summary>
    ENOTTY = 25,
    /// <summary>No space left.</summary>
    ENOSPC = 28,
    /// <summary>Numerical result out of range.</summary>
    ERANGE = 34,
    /// <summary>The kernel does not know this system call.</summary>
    ENOSYS = 38,
    /// <summary>Bad message: what came is not what should have.</summary>
    EBADMSG = 74,
    /// <summary>The descriptor is in a bad state; of a TUN queue: its device is gone.</summary>
    EBADFD = 77,
    /// <summary>Message too long.</summary>
    EMSGSIZE = 90,
    /// <summary>Protocol not supported.</summary>
    EPROTONOSUPPORT = 93,
    /// <summary>Operation not supported.</summary>
    EOPNOTSUPP = 95,
    /// <summary>Address family not supported.</summary>
    EAFNOSUPPORT = 97,
    /// <summary>Address in use.</summary>
    EADDRINUSE = 98,
    /// <summary>Address not available.</summary>
    EADDRNOTAVAIL = 99,
    /// <summary>The network is down.</summary>
    ENETDOWN = 100,
    /// <summary>The network is unreachable.</summary>
    ENETUNREACH = 101,
    /// <summary>No buffer space: messages were lost.</summary>
    ENOBUFS = 105,
    /// <summary>Timed out.</summary>
    ETIMEDOUT = 110,
    /// <summary>Connection refused.</summary>
    ECONNREFUSED = 111,
    /// <summary>No route to the host.</summary>
    EHOSTUNREACH = 113,
}

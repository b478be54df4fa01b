using System.Text;
using FastTun.Linux.Native;
using FastTun.Linux.Netlink;
using Tmds.Linux;

namespace FastTun.Linux;

/// <summary>
/// A network namespace (network_namespaces(7)), held by a descriptor: interfaces, addresses, routes and sockets of its
/// own. One made here is anonymous: it vanishes with its last descriptor, socket and thread, whatever ends the process.
/// Code runs inside on threads made for that, which end afterwards, so that no thread of the pool is ever somewhere
/// else. Work that awaits something continues on a thread of the pool, and so outside.
/// </summary>
public sealed unsafe partial class NetworkNamespace : IDisposable, IEquatable<NetworkNamespace>
{
    private const string NamedDirectory = "/run/netns/";
    private const string ThisThread = "/proc/thread-self/ns/net";

    private NetworkNamespace(FileDescriptor descriptor, string name)
    {
        Descriptor = descriptor;
        Name = name;
        try
        {
            stat status;
            SysResult.FromReturn(LibC.fstat(descriptor.Number, &status)).OrThrow("fstat", name);
            Inode = (ulong)status.st_ino;
            if (LibC.ioctl(descriptor.Number, NsFs.NS_GET_NSTYPE) != LibC.CLONE_NEWNET)
                throw new LinuxException("open", name, Errno.EINVAL, "it is not a network namespace");
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>What keeps the namespace in being.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>What tells it from all others that exist at the same time.</summary>
    public ulong Inode { get; }

    /// <summary>How it was named, for messages.</summary>
    public string Name { get; }

    /// <summary>Makes a namespace with nothing in it but a loopback interface, which is down.</summary>
    /// <exception cref="LinuxException">The process lacks CAP_SYS_ADMIN, or there are too many namespaces.</exception>
    public static NetworkNamespace Create()
    {
        FileDescriptor descriptor = OnThread("unshare", () =>
        {
            SysResult.FromReturn(LibC.unshare(LibC.CLONE_NEWNET)).OrThrow("unshare CLONE_NEWNET", null, Privilege("make"));
            return OpenFile(ThisThread, "a new namespace", null);
        });
        return new NetworkNamespace(descriptor, "anonymous");
    }

    /// <summary>The calling thread's namespace.</summary>
    /// <exception cref="LinuxException">The process has too many open files, or /proc is not mounted.</exception>
    public static NetworkNamespace Current() => new(OpenFile(ThisThread, ThisThread, null), "current");

    /// <summary>Opens a namespace that exists.</summary>
    /// <param name="name">A name under /run/netns, a path (it holds a slash), or <c>pid:N</c> for a process's
    /// namespace.</param>
    /// <exception cref="FormatException">The name is empty, or what follows <c>pid:</c> is not a process
    /// number.</exception>
    /// <exception cref="LinuxException">There is none of that name, it is not a network namespace, or it may not be
    /// opened.</exception>
    public static NetworkNamespace Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            throw new FormatException("a network namespace needs a name: one under /run/netns, a path, or pid:N");
        if (name.StartsWith("pid:", StringComparison.Ordinal))
        {
            return uint.TryParse(name.AsSpan(4), out uint pid)
                ? new NetworkNamespace(OpenFile($"/proc/{pid}/ns/net", name, "there is no such process"), name)
                : throw new FormatException($"network namespace '{name}': pid: wants a process number, as in pid:1234");
        }

        FileDescriptor descriptor = name.Contains('/')
            ? OpenFile(name, name, "there is no such file")
            : OpenFile(NamedDirectory + name, name, "there is no such namespace; 'ip netns list' shows those there are");
        return new NetworkNamespace(descriptor, name);
    }

    /// <summary>Takes ownership of an open descriptor of a namespace, also when it throws.</summary>
    /// <param name="descriptor">An open nsfs file, as another process may have passed it on.</param>
    /// <exception cref="LinuxException">It is not a network namespace.</exception>
    public static NetworkNamespace FromDescriptor(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return new NetworkNamespace(descriptor, $"descriptor {descriptor.Number}");
    }

    /// <summary>Brings the loopback interface up, and with it 127.0.0.1 and ::1.</summary>
    /// <exception cref="LinuxException">The process lacks CAP_NET_ADMIN there.</exception>
    public void SetLoopbackUp()
    {
        using var routes = RouteSocket.Open(this);
        routes.SetLink(routes.GetLink("lo").Index, new LinkChanges { Up = true });
    }

    /// <inheritdoc/>
    public bool Equals(NetworkNamespace? other) => other is not null && other.Inode == Inode;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetworkNamespace);

    /// <inheritdoc/>
    public override int GetHashCode() => Inode.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"net:[{Inode}]";

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    private static string Privilege(string verb) =>
        $"to {verb} a network namespace needs CAP_SYS_ADMIN; run as root, or inside 'unshare -Urn'";

    private static FileDescriptor OpenFile(string path, string name, string? missing)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
        {
            SysResult opened = SysResult.FromReturn(LibC.open(text, LibC.O_RDONLY | LibC.O_CLOEXEC, default));
            string? hint = opened.Error switch
            {
                Errno.ENOENT or Errno.ENOTDIR => missing,
                Errno.EACCES or Errno.EPERM => Privilege("open another's"),
                _ => null,
            };
            return new FileDescriptor(opened.OrThrow("open", $"network namespace {name}", hint));
        }
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FastTun.Linux.Tests.Native;

/// <summary>
/// Writes the C program that proves C# declarations against the system's headers: a constant by its value, a struct by
/// the size and place of each field, a function by its prototype. The C# names are the C names, so reflection finds
/// everything, and what it does not know how to prove it refuses.
/// </summary>
internal sealed class HeaderProof
{
    // if_tun.h uses _IOW without including what defines it.
    private const string Headers = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <netinet/udp.h>
        #include <poll.h>
        #include <sched.h>
        #include <stddef.h>
        #include <stdint.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <sys/types.h>
        #include <sys/uio.h>
        #include <sys/wait.h>
        #include <time.h>
        #include <unistd.h>
        #include <linux/bpf.h>
        #include <linux/filter.h>
        #include <linux/if.h>
        #include <linux/if_addr.h>
        #include <linux/if_link.h>
        #include <linux/if_tun.h>
        #include <linux/io_uring.h>
        #include <linux/netlink.h>
        #include <linux/nsfs.h>
        #include <linux/rtnetlink.h>
        #include <linux/sock_diag.h>

        /* Younger than the headers that some distributions install; there the kernel's source is quoted. */
        #ifndef TUN_F_USO4                          /* Linux 6.2 */
        #define TUN_F_USO4 0x20
        #define TUN_F_USO6 0x40
        #endif
        #ifndef TUN_F_UDP_TUNNEL_GSO                /* Linux 6.17 */
        #define TUN_F_UDP_TUNNEL_GSO 0x80
        #endif

        """;

    private static readonly HashSet<string> Unions = ["bpf_attr"];

    private readonly StringBuilder _program = new(Headers);

    /// <summary>The program so far.</summary>
    public string Source => _program + "int main(void) { return 0; }\n";

    /// <summary>How many assertions the program makes.</summary>
    public int Count { get; private set; }

    /// <summary>Adds everything a type of the native namespace declares.</summary>
    public void AddType(Type type)
    {
        if (type.IsEnum)
            AddEnum(type, name => name);
        else if (type.IsValueType)
            AddStruct(type);
        else if (!type.IsAbstract || !type.IsSealed)
            throw new NotSupportedException($"{type}: neither a struct, an enum nor a static class");

        foreach (FieldInfo field in type.GetFields(Statics))
            AddConstant(field);
        foreach (MethodInfo method in type.GetMethods(Statics))
        {
            // The generator's inner functions are the same import once more.
            if (!method.IsDefined(typeof(CompilerGeneratedAttribute)))
                AddFunction(method);
        }
    }

    /// <summary>Adds an enum whose members C knows too; <c>None</c> is C#'s own.</summary>
    /// <param name="type">The enum.</param>
    /// <param name="cName">A member's name in C.</param>
    public void AddEnum(Type type, Func<string, string> cName)
    {
        foreach (string name in Enum.GetNames(type).Where(name => name != "None"))
            Assert($"(long long){cName(name)} == {Convert.ToInt64(Enum.Parse(type, name))}LL", $"{type.Name}.{name}");
    }

    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const BindingFlags Statics = Any | BindingFlags.Static;

    private const BindingFlags Fields = Any | BindingFlags.Instance;

    private void AddConstant(FieldInfo field)
    {
        if (field.DeclaringType!.IsEnum)
            return;
        if (!field.IsLiteral)
            throw new NotSupportedException($"{field.DeclaringType}.{field.Name}: not a constant");
        Assert($"(long long){field.Name} == {Convert.ToInt64(field.GetRawConstantValue())}LL", field.Name);
    }

    private void AddStruct(Type type)
    {
        string name = CName(type);

        // A union grows with the kernel; its users say how much of it they know.
        string atMost = Unions.Contains(type.Name) ? ">=" : "==";
        Assert($"sizeof({name}) {atMost} {Marshal.SizeOf(type)}", $"sizeof({name})");
        foreach (FieldInfo field in type.GetFields(Fields))
        {
            string place = $"offsetof({name}, {field.Name})";
            Assert($"{place} == {Marshal.OffsetOf(type, field.Name)}", place);
            string size = $"sizeof((({name} *)0)->{field.Name})";
            Assert($"{size} == {SizeOf(field)}", size);
        }
    }

    // C# says neither const nor "...": the prototype must be one of the readings that leave both open.
    private void AddFunction(MethodInfo method)
    {
        string name = method.GetCustomAttribute<LibraryImportAttribute>()?.EntryPoint ?? method.Name;
        string[][] parameters = [.. method.GetParameters().Select(parameter => Readings(parameter.ParameterType))];
        string result = CName(method.ReturnType);
        List<string> prototypes = parameters.Length == 0
            ? [$"{result}(void)"]
            : [.. Choices(parameters).Select(list => $"{result}({list})")];
        for (int fixedCount = 1; fixedCount <= parameters.Length; fixedCount++)
            prototypes.AddRange(Choices(parameters[..fixedCount]).Select(list => $"{result}({list}, ...)"));

        IEnumerable<string> readings = prototypes.Select(
            prototype => $"__builtin_types_compatible_p(__typeof__({name}), {prototype})");
        Assert(string.Join(" || ", readings), $"prototype of {name}");
    }

    // Text is bytes to C# and char to C.
    private static string[] Readings(Type type)
    {
        if (!type.IsPointer)
            return [CName(type)];
        string name = CName(type), text = name.Replace("uint8_t", "char");
        return type.GetElementType()!.IsPointer
            ? [name, text, text.Replace("char *", "char *const")]
            : new[] { name, text }.Distinct().SelectMany(reading => new[] { reading, $"const {reading}" }).ToArray();
    }

    // All parameter lists with one reading of each parameter.
    private static IEnumerable<string> Choices(string[][] parameters)
    {
        if (parameters.Length == 1)
            return parameters[0];
        return Choices(parameters[..^1]).SelectMany(list => parameters[^1].Select(reading => $"{list}, {reading}"));
    }

    private static int SizeOf(FieldInfo field)
    {
        if (field.GetCustomAttribute<FixedBufferAttribute>() is { } buffer)
            return buffer.Length * Marshal.SizeOf(buffer.ElementType);
        return field.FieldType.IsPointer ? IntPtr.Size : Marshal.SizeOf(field.FieldType);
    }

    private static string CName(Type type)
    {
        if (type.IsPointer)
            return CName(type.GetElementType()!) + " *";
        if (type.IsFunctionPointer)
        {
            string parameters = string.Join(", ", type.GetFunctionPointerParameterTypes().Select(CName));
            return $"{CName(type.GetFunctionPointerReturnType())} (*)({parameters})";
        }

        return Type.GetTypeCode(type) switch
        {
            _ when type == typeof(void) => "void",
            _ when type == typeof(nint) => "ssize_t",
            _ when type == typeof(nuint) => "size_t",
            TypeCode.SByte => "int8_t",
            TypeCode.Byte => "uint8_t",
            TypeCode.Int16 => "int16_t",
            TypeCode.UInt16 => "uint16_t",
            TypeCode.Int32 => "int32_t",
            TypeCode.UInt32 => "uint32_t",
            TypeCode.Int64 => "int64_t",
            TypeCode.UInt64 => "uint64_t",
            TypeCode.Object when type.IsValueType && type.Name.EndsWith("_t", StringComparison.Ordinal) => type.Name,
            TypeCode.Object when Unions.Contains(type.Name) => $"union {type.Name}",
            TypeCode.Object when type.IsValueType => $"struct {type.Name}",
            _ => throw new NotSupportedException($"{type}: has no C type"),
        };
    }

    private void Assert(string condition, string name)
    {
        Count++;
        _program.Append($"_Static_assert({condition}, \"{name}\");\n");
    }
}

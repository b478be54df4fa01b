using System.Reflection;
using System.Runtime.InteropServices;
using FastTun.Linux.Netlink;
using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Native;

/// <summary>What C# says of the kernel's interface, against what the C headers say.</summary>
public class HeaderProofTests
{
    private const string NativeNamespace = "FastTun.Linux.Native";

    [Fact]
    public void Everything_native_is_as_the_headers_say()
    {
        var proof = new HeaderProof();
        Type[] types = [.. NativeTypes()];
        foreach (Type type in types)
            proof.AddType(type);
        Assert.True(proof.Count > types.Length, "every type brings at least one assertion");
        Assert.Empty(CProgram.Diagnose(proof.Source));
    }

    [Theory]
    [InlineData(typeof(Errno), "", "")]
    [InlineData(typeof(OperationalState), "IF_OPER_", "")]
    [InlineData(
        typeof(LinkFlags),
        "IFF_",
        "POINTTOPOINT=POINTOPOINT PROMISCUOUS=PROMISC ALLMULTICAST=ALLMULTI LOWERUP=LOWER_UP")]
    [InlineData(
        typeof(TunFeatures),
        "IFF_",
        "NAPIFRAGMENTS=NAPI_FRAGS NOCARRIER=NO_CARRIER MULTIQUEUE=MULTI_QUEUE NOPACKETINFORMATION=NO_PI "
        + "ONEQUEUE=ONE_QUEUE VIRTIONETHEADER=VNET_HDR")]
    public void What_programs_see_is_as_the_headers_say(Type type, string prefix, string otherNames)
    {
        Dictionary<string, string> others = otherNames.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var proof = new HeaderProof();
        proof.AddEnum(type, name =>
        {
            string upper = name.ToUpperInvariant();
            return prefix + others.GetValueOrDefault(upper, upper);
        });
        Assert.NotEqual(0, proof.Count);
        Assert.Empty(CProgram.Diagnose(proof.Source));
    }

    [Fact]
    public void Constants_with_C_names_are_in_the_native_namespace_alone()
    {
        IEnumerable<string> elsewhere = typeof(Errno).Assembly.GetTypes()
            .Where(type => type.Namespace != NativeNamespace && !type.IsEnum)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.IsLiteral && field.Name.Contains('_') && !field.Name.Any(char.IsAsciiLetterLower))
            .Select(field => $"{field.DeclaringType}.{field.Name}");
        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Functions_are_imported_in_the_native_namespace_alone()
    {
        IEnumerable<string> elsewhere = typeof(Errno).Assembly.GetTypes()
            .Where(type => type.Namespace != NativeNamespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.IsDefined(typeof(LibraryImportAttribute))
                || method.IsDefined(typeof(DllImportAttribute)))
            .Select(method => $"{method.DeclaringType}.{method.Name}");
        Assert.Empty(elsewhere);
    }

    [Theory]
    [InlineData(typeof(WrongConstant), "TUNSETIFF")]
    [InlineData(typeof(iovec), "->iov_len)")]
    [InlineData(typeof(WrongPrototype), "prototype of write")]
    public void A_wrong_declaration_is_found(Type wrong, string complaint)
    {
        var proof = new HeaderProof();
        proof.AddType(wrong);
        Assert.Contains(complaint, CProgram.Diagnose(proof.Source));
    }

    private static IEnumerable<Type> NativeTypes() =>
        typeof(Errno).Assembly.GetTypes().Where(type => type.Namespace == NativeNamespace && !type.IsNested);

    private static class WrongConstant
    {
        public const uint TUNSETIFF = 0x400454cb;
    }

    private readonly struct iovec(nint iov_base, int iov_len)
    {
        public readonly nint iov_base = iov_base;
        public readonly int iov_len = iov_len;
    }

    private static class WrongPrototype
    {
        [DllImport("libc")]
        public static extern nint write(int fd, nint buf, int count);
    }
}

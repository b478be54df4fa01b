using Xunit.Sdk;
using Xunit.v3;

// One test at a time: descriptors belong to the whole process, and a tool that another test starts holds copies of them
// between its fork and its exec, so that a device whose last queue was closed would be there for a moment more.
[assembly: Parallelization(Mode = ParallelMode.None)]
